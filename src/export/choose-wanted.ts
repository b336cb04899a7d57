import { breathe } from '../base/breathe.ts';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { LocalIndex } from '../archive/local-index.ts';
import { type Archive, openToRead } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { hasListTables, SyncTables } from '../archive/sync-tables.ts';
import type { OmissionReason } from '../manifest/types.ts';
import { RequestReader } from '../request-file/request-reader.ts';
import { exportPath, type Want, wantOf } from '../request-file/wants.ts';
import type { Selection } from './options.ts';
import type { Omission } from './planned.ts';

const BATCH = 1000;

/** What may stand in a manifest as `list_id`. */
const LIST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Creates `temp.wants`, what a request or a list asks for, and `temp.want_rows`, the rows of this
 * archive that are meant; those become candidates. Returns the id of the list that is answered.
 *
 * @throws BundleError `not-a-request`, `list-not-found`, `db-...`
 */
export async function chooseWanted(
  archive: Archive,
  selection: Selection & { kind: 'request' | 'list' },
  observer: Observer,
  signal?: AbortSignal,
): Promise<string> {
  archive.db.exec(`CREATE TEMP TABLE wants (number INTEGER PRIMARY KEY, digest TEXT, url TEXT);
                   CREATE TEMP TABLE want_rows (want INTEGER, id INTEGER, PRIMARY KEY (want, id)) WITHOUT ROWID`);
  const listId =
    selection.kind === 'request'
      ? await loadRequest(archive, selection.file, signal)
      : await loadList(archive, selection, observer, signal);
  await findRows(archive, signal);
  archive.db.exec(`INSERT OR IGNORE INTO temp.candidates SELECT id, 'asked' FROM temp.want_rows`);
  return listId;
}

async function loadRequest(archive: Archive, file: string, signal: AbortSignal | undefined): Promise<string> {
  const request = await RequestReader.open(file);
  const store = new WantStore(archive);
  try {
    for await (const want of request.wants()) {
      store.add(want);
      signal?.throwIfAborted();
    }
    store.flush();
    return request.head.list_id;
  } finally {
    await request.close();
  }
}

interface ListedRow {
  readonly id: number;
  readonly image_id: number | null;
  readonly export_path: string | null;
}

/** The rows of a list that are not completed: of one's own database, or of the asker's. */
async function loadList(
  archive: Archive,
  selection: Selection & { kind: 'list' },
  observer: Observer,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { listId, database } = selection;
  const other = database === undefined ? null : openToRead(database, { observer });
  try {
    const { db, path } = other ?? archive;
    const list = hasListTables(db) ? new SyncTables(db).list(listId) : null;
    if (list === null) throw new BundleError('list-not-found', { params: { list: listId, path } });
    if (!LIST_ID.test(listId))
      throw new BundleError('option-value', {
        params: { option: '--list-id', found: listId, expected: '16 hex digits' },
      });
    const select = db.prepare<[string | number, number], ListedRow>(
      `SELECT id, image_id, CAST(export_path AS TEXT) AS export_path FROM main.sync_export_files
       WHERE list_id = ? AND id > ? AND coalesce(status, '') <> 'completed' ORDER BY id LIMIT ${BATCH}`,
    );
    const store = new WantStore(archive);
    for (let last = 0; ; ) {
      await breathe();
      signal?.throwIfAborted();
      const rows = select.all(new SyncTables(db).listReference(list), last);
      if (rows.length === 0) break;
      for (const row of rows) store.addRow(row, other === null);
      last = rows.at(-1)!.id;
    }
    store.flush();
    if (store.unclear > 0)
      observer({ type: 'notice', notice: 'list-rows-unclear', params: { count: store.unclear } });
    return listId;
  } finally {
    other?.close();
  }
}

/** Gathers wants, and writes them by the thousand. */
class WantStore {
  /** Rows that name nothing. */
  unclear = 0;
  readonly #archive: Archive;
  #wants: Want[] = [];
  #ids: number[] = [];

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  add(want: Want): void {
    this.#wants.push(want);
    if (this.#wants.length >= BATCH) this.flush();
  }

  /** A row that names no want may still name an image, where the ids are this archive's own. */
  addRow(row: ListedRow, ownIds: boolean): void {
    const want = wantOf(row.export_path);
    if (want !== null) this.add(want);
    else if (ownIds && row.image_id !== null) this.#ids.push(row.image_id);
    else this.unclear += 1;
  }

  flush(): void {
    const { db } = this.#archive;
    const insert = db.prepare('INSERT INTO temp.wants (digest, url) VALUES (?, ?)');
    const choose = db.prepare(`INSERT OR IGNORE INTO temp.candidates VALUES (?, 'asked')`);
    inTransaction(db, () => {
      for (const want of this.#wants)
        insert.run(want.kind === 'hash' ? want.digest : null, want.kind === 'url' ? want.url : null);
      for (const id of this.#ids) choose.run(id);
    });
    this.#wants = [];
    this.#ids = [];
  }
}

interface WantRow {
  readonly number: number;
  readonly digest: string | null;
  readonly url: string | null;
}

/** Every image with a wanted content; for an address the images that are the same, as merging tells it. */
async function findRows(archive: Archive, signal: AbortSignal | undefined): Promise<void> {
  const index = await LocalIndex.build(archive);
  const select = archive.db.prepare<[number], WantRow>(
    `SELECT number, digest, url FROM temp.wants WHERE number > ? ORDER BY number LIMIT ${BATCH}`,
  );
  const insert = archive.db.prepare('INSERT OR IGNORE INTO temp.want_rows VALUES (?, ?)');
  for (let last = 0; ; ) {
    await breathe();
    signal?.throwIfAborted();
    const wants = select.all(last);
    if (wants.length === 0) return;
    const found = wants.map((want) => ({
      want,
      rows: want.digest === null ? ofAddress(index, want.url!) : index.withDigest(want.digest),
    }));
    inTransaction(archive.db, () =>
      found.forEach(({ want, rows }) => rows.forEach((row) => insert.run(want.number, row.id))),
    );
    last = wants.at(-1)!.number;
  }
}

function ofAddress(index: LocalIndex, address: string): { readonly id: number }[] {
  const byFile = index.matches({ url: address, pageUrl: null }, null);
  return byFile.length > 0 ? byFile : index.matches({ url: null, pageUrl: address }, null);
}

interface UnservedRow extends WantRow {
  readonly known: number;
  readonly state: OmissionReason | null;
  readonly detail: string | null;
}

/** Names what was asked for and cannot be served, as it was asked for, so that the asker's list can tell. */
export function* unserved(archive: Archive): Generator<Omission> {
  const pages = archive.db.prepare<[number], UnservedRow>(`
    SELECT number, wants.digest, wants.url, (SELECT count(*) FROM temp.want_rows WHERE want = number) AS known,
      (SELECT state FROM ${SURVEYED} WHERE want = number LIMIT 1) AS state, (SELECT detail FROM ${SURVEYED} WHERE want = number LIMIT 1) AS detail
    FROM temp.wants WHERE number > ? AND NOT EXISTS (
      SELECT 1 FROM ${SURVEYED} WHERE want = number
        AND CASE WHEN wants.digest IS NULL THEN state = 'ok' ELSE surveyed.digest = wants.digest END)
    ORDER BY number LIMIT ${BATCH}`);
  for (let last = 0; ; ) {
    const wants = pages.all(last);
    if (wants.length === 0) return;
    for (const { digest, url, known, state, detail } of wants) {
      const localPath = exportPath(digest === null ? { kind: 'url', url: url! } : { kind: 'hash', digest });
      yield { imageId: null, localPath, digest, url, ...whyUnserved(known, state, detail) };
    }
    last = wants.at(-1)!.number;
  }
}

const SURVEYED = '(temp.want_rows JOIN temp.survey AS surveyed ON surveyed.id = want_rows.id)';

function whyUnserved(
  known: number,
  state: string | null,
  detail: string | null,
): { reason: OmissionReason; detail: string | null } {
  if (known === 0) return { reason: 'unknown', detail: null };
  if (state === null) return { reason: 'no-file', detail: null };
  if (state === 'ok') return { reason: 'mismatch', detail: 'its bytes have another digest' };
  return { reason: state as OmissionReason, detail };
}

import { isAbort } from '../base/errors.ts';
import { breathe } from '../base/breathe.ts';
import { type Digest, parseDigest } from '../base/digest.ts';
import { LOOK_BYTES } from '../base/threads.ts';
import { findsPhotos } from '../archive/any-file.ts';
import { hashFile } from '../archive/file-digest.ts';
import { canLink, LINK_TABLES, type LinkKind } from '../archive/link-tables.ts';
import { checkLocalFile, type LocalFile, localSize } from '../archive/local-file.ts';
import { type LocalImage, LocalIndex } from '../archive/local-index.ts';
import { type Archive, openToRead } from '../archive/open.ts';
import { type PathMap, photoPath } from '../archive/photo-path.ts';
import { inTransaction } from '../archive/scratch.ts';
import { isCatalog } from '../holdings/open-remote.ts';
import { chooseWanted } from './choose-wanted.ts';
import { insertMissingFromCatalog } from './compare-catalog.ts';
import type { Crew } from './crew.ts';
import type { Filters, Selection } from './options.ts';
import type { ChooseOptions, Why } from './planned.ts';

/** Rows that are written in one go. */
const PAGE = 5000;

/** KiB of pages kept in memory for the temporary tables of an export. */
const TEMPORARY_KIB = 4 * 1024;

/**
 * Creates `temp.chosen`: the rows to pack with the reason, in the order of the bundle. Returns the
 * id of the list that is answered, if any.
 */
export async function chooseRows(
  archive: Archive,
  selection: Selection,
  options: ChooseOptions & { readonly crew: Crew },
): Promise<string | null> {
  const { observer, signal } = options;
  archive.db.pragma(`temp.cache_size = -${TEMPORARY_KIB}`);
  archive.db.exec('CREATE TEMP TABLE candidates (id INTEGER PRIMARY KEY, why TEXT)');
  let listId: string | null = null;
  switch (selection.kind) {
    case 'all':
      break;
    case 'filters':
      insertFiltered(archive, selection.filters);
      break;
    case 'for':
      if (isCatalog(selection.database)) await insertMissingFromCatalog(archive, selection.database, options);
      else await insertMissing(archive, selection, options);
      break;
    case 'request':
    case 'list':
      listId = await chooseWanted(archive, selection, observer, signal);
      break;
  }
  await putInOrder(archive, selection, options.crew);
  archive.db.exec('DROP TABLE temp.candidates');
  return listId;
}

/** A thread sorts: of a million rows that takes seconds. */
async function putInOrder({ db }: Archive, { kind }: Selection, crew: Crew): Promise<void> {
  db.exec('CREATE TEMP TABLE chosen (seq INTEGER PRIMARY KEY, id INTEGER, why TEXT)');
  const all = kind === 'all';
  const most = Number(
    db
      .prepare(`SELECT max(id) FROM ${all ? 'main.images' : 'temp.candidates'}`)
      .pluck()
      .get(),
  );
  const ids = all
    ? null
    : Float64Array.from(db.prepare<[], number>('SELECT id FROM temp.candidates').pluck().all());
  const rows = Math.min(most, ids?.length ?? most);
  const threads = crew.forWork(rows * LOOK_BYTES);
  const ordered = (await threads.run({ order: { database: db.name, ids } })) as Float64Array;
  const why = all ? `'asked'` : '(SELECT why FROM temp.candidates WHERE id = value)';
  const insert = db.prepare(
    `INSERT INTO temp.chosen (id, why) SELECT value, ${why} FROM json_each(?) ORDER BY key`,
  );
  for (let at = 0; at < ordered.length; at += PAGE) {
    await breathe();
    insert.run(JSON.stringify([...ordered.subarray(at, at + PAGE)]));
  }
}

function insertFiltered(archive: Archive, filters: Filters): void {
  const { db, shape } = archive;
  db.function('nfc', { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? text.normalize('NFC') : text,
  );
  const conditions: string[] = [];
  const values: string[] = [];
  const any = (expression: string, wanted: readonly string[] | undefined) => {
    if (!wanted || wanted.length === 0) return;
    conditions.push(expression.replaceAll('?', 'SELECT value FROM json_each(?)'));
    const list = JSON.stringify(wanted.map((value) => value.normalize('NFC')));
    for (let times = expression.split('?').length - 1; times > 0; times -= 1) values.push(list);
  };
  any(ownColumn(archive, 'author'), filters.author);
  any(ownColumn(archive, 'license'), filters.license);
  any(linked(archive, 'tags', []), filters.tag);
  any(linked(archive, 'albums', ['title']), filters.album);
  any(linked(archive, 'collections', ['title']), filters.collection);
  const dates = shape
    .select('images', ['taken_date', 'upload_date'])
    .map((name) => `nullif(images.${name}, '')`);
  const day = `coalesce(${[...dates, 'NULL', 'NULL'].join(', ')})`;
  for (const [limit, comparison] of [
    [filters.since, '>='],
    [filters.until, '<='],
  ] as const) {
    if (limit === undefined) continue;
    conditions.push(`substr(${day}, 1, ${limit.length}) ${comparison} ?`);
    values.push(limit);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  db.prepare(`INSERT INTO temp.candidates SELECT images.id, 'asked' FROM main.images ${where}`).run(
    ...values,
  );
}

function ownColumn(archive: Archive, name: string): string {
  return archive.shape.hasColumn('images', name) ? `nfc(images.${name}) IN (?)` : '0 IN (?)';
}

/** Tags, albums or collections are named by their natural key, or by what stands in `alsoBy`. */
function linked({ shape }: Archive, kind: LinkKind, alsoBy: readonly string[]): string {
  if (!canLink(shape, kind)) return '0 IN (?)';
  const { naturalKey, junction, column } = LINK_TABLES[kind];
  const names = [naturalKey, ...shape.select(kind, alsoBy)];
  const matches = names.map((name) => `nfc(target.${name}) IN (?)`).join(' OR ');
  return `EXISTS (SELECT 1 FROM main.${junction} link JOIN main.${kind} target ON target.id = link.${column}
          WHERE link.image_id = images.id AND (${matches}))`;
}

/** Compares with the other archive, by image and by content. */
async function insertMissing(
  archive: Archive,
  selection: Selection & { kind: 'for' },
  options: ChooseOptions,
): Promise<void> {
  const { observer, signal } = options;
  const other = openToRead(selection.database, { root: selection.root, observer });
  try {
    const filesThere = await findsPhotos(other, observer, 'photo-folder-missing');
    const index = await LocalIndex.build(other);
    const comparison = new Comparison(archive, { archive: other, index, filesThere }, options.maps);
    const total = Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
    observer({ type: 'phase', phase: 'compare', total, unit: 'records' });
    const insert = archive.db.prepare('INSERT INTO temp.candidates VALUES (?, ?)');
    let done = 0;
    for (let last = -Infinity; ; ) {
      signal?.throwIfAborted();
      const rows = comparison.rowsAfter(last);
      if (rows.length === 0) break;
      const reasons: Why[] = [];
      for (const row of rows) {
        await breathe();
        reasons.push(await comparison.why(row, signal));
      }
      inTransaction(archive.db, () => rows.forEach((row, at) => insert.run(row.id, reasons[at])));
      last = rows.at(-1)!.id;
      done += rows.length;
      observer({ type: 'progress', done });
    }
  } finally {
    other.close();
  }
}

interface SenderRow {
  readonly id: number;
  readonly url: string | null;
  readonly page_url: string | null;
  readonly local_path: string | null;
  readonly sha256_hash: string | null;
}

/** The content that this archive has; its size is null where only the digest says what it was. */
interface OwnFile {
  readonly digest: Digest;
  readonly size: number | null;
}

interface OtherArchive {
  readonly archive: Archive;
  readonly index: LocalIndex;
  /** False where only its database was sent. */
  readonly filesThere: boolean;
}

/** Tells for each row of one archive what it would be to another. */
class Comparison {
  readonly #archive: Archive;
  readonly #other: OtherArchive;
  readonly #select: string;
  readonly #maps: readonly PathMap[];

  constructor(archive: Archive, other: OtherArchive, maps: readonly PathMap[]) {
    this.#archive = archive;
    this.#other = other;
    this.#maps = maps;
    const columns = ['url', 'page_url', 'local_path', 'sha256_hash'].map((name) =>
      archive.shape.text('images', name),
    );
    this.#select = `SELECT id, ${columns.join(', ')} FROM main.images WHERE id > ? ORDER BY id LIMIT 1000`;
  }

  rowsAfter(id: number): SenderRow[] {
    return this.#archive.db.prepare<[number], SenderRow>(this.#select).all(id);
  }

  async why(row: SenderRow, signal?: AbortSignal): Promise<Why> {
    const stated = parseDigest(row.sha256_hash);
    const rows = this.#other.index.matches({ url: row.url, pageUrl: row.page_url }, stated);
    if (rows.length === 0) return 'missing';
    const own = await this.#ownFile(row, stated, signal);
    if (!this.#other.filesThere)
      return rows.some((other) => other.local_path && parseDigest(other.sha256_hash) === own?.digest)
        ? 'both'
        : withoutFiles(rows);
    let unusable = false;
    for (const other of rows) {
      const file = await this.#otherFile(own, other, signal);
      if (file === 'same') return 'both';
      if (file === 'unusable') unusable = true;
    }
    return unusable ? 'restore' : 'conflict';
  }

  /** What the other's file is to ours; where nothing is to be had of ours, whatever is whole there is as good. */
  async #otherFile(own: OwnFile | null, other: LocalImage, signal?: AbortSignal): Promise<LocalFile> {
    const { root } = this.#other.archive;
    const expected = { digest: own?.digest ?? '', size: own?.size ?? localSize(root, other) ?? -1 };
    const file = await checkLocalFile(root, other, expected, { always: false, signal });
    return own === null && file === 'other' ? 'same' : file;
  }

  async #ownFile(row: SenderRow, stated: Digest | null, signal?: AbortSignal): Promise<OwnFile | null> {
    const size = localSize(this.#archive.root, row, this.#maps);
    if (stated !== null) return { digest: stated, size };
    if (size === null) return null;
    return await hashFile(photoPath(this.#archive.root, row.local_path!, this.#maps), signal).catch(
      (error: unknown) => {
        if (isAbort(error, signal)) throw error;
        return null; // what cannot be read cannot be sent either, and the survey says so
      },
    );
  }
}

/** Only the database was sent: what it says has to do. */
function withoutFiles(rows: readonly SenderRow[]): Why {
  return rows.some((row) => row.local_path === null || row.local_path === '') ? 'restore' : 'conflict';
}

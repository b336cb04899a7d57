import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { BundleError } from '../base/errors.ts';
import { creationTime } from '../base/head-facts.ts';
import { statusAt } from '../base/status-at.ts';
import { checkOutput } from '../archive/check-output.ts';
import { Journal } from '../archive/journal.ts';
import type { Archive } from '../archive/open.ts';
import { createSyncTables, SyncTables } from '../archive/sync-tables.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import { type Want, wantOf } from '../request-file/wants.ts';
import { writeRequest } from '../request-file/write-request.ts';
import { safeName } from '../archive/safe-name.ts';
import type { Offers, Share } from './offers.ts';
import type { AnalyzeOptions, Asked } from './options.ts';

const EXTENSION = '.indarequest';

/** Where the requests go, decided and checked before the work begins. */
export interface RequestOutput {
  pathFor(remote: string, listId: string): string | null;
}

/** @throws BundleError `output-exists`, `output-is-input`, `option-value` */
export function requestOutput(options: AnalyzeOptions, database: string): RequestOutput {
  if (options.output === undefined) return { pathFor: () => null };
  creationTime(options.created);
  const path = resolve(options.output);
  const found = statusAt(path);
  const isFolder = found?.isDirectory() ?? false;
  if (options.remotes.length > 1 && found !== undefined && !isFolder) {
    throw new BundleError('option-value', {
      params: { option: '-o', found: path, expected: 'a folder, for several requests' },
    });
  }
  if (options.remotes.length > 1 || isFolder) {
    return { pathFor: (remote, listId) => join(path, `${stem(remote)}-${listId}${EXTENSION}`) };
  }
  checkOutput(path, {
    force: options.force ?? false,
    archive: { path: database, root: options.root ?? dirname(database) },
    others: options.remotes,
  });
  return { pathFor: () => path };
}

/** `C:/stick/anna.indacatalog` is Anna's; every database is called indafoto.db, so its folder tells more. */
function stem(remote: string): string {
  const parts = resolve(remote).split(/[\\/]/);
  const name = parts.at(-1) === 'indafoto.db' ? (parts.at(-2) ?? '') : basename(remote, extname(remote));
  return safeName(name);
}

export interface AskFacts {
  readonly remote: string;
  /** Number of the remote among the offers. */
  readonly number: number;
  readonly share: Share;
  readonly created: string;
  readonly requestPath: string | null;
  readonly wait: WaitOptions;
  /** Called in the transaction in which a page of rows is made, with what the rows are for. */
  readonly moved?: (db: Database.Database, images: readonly string[]) => void;
}

const LIST_ID_BYTES = 8;

export const newListId = () => randomBytes(LIST_ID_BYTES).toString('hex');

/** Makes one remote's list in the archive's books, and writes the request that is sent. */
export async function ask(archive: Archive, offers: Offers, listId: string, facts: AskFacts): Promise<Asked> {
  const { share, requestPath } = facts;
  await makeList(archive.db, offers, listId, facts);
  const requestBytes = requestPath === null ? 0 : await writeShare(requestPath, offers, listId, facts);
  return { ...share, listId, requestPath, requestBytes };
}

async function makeList(
  db: Database.Database,
  offers: Offers,
  listId: string,
  facts: AskFacts,
): Promise<void> {
  const { wait, share, remote } = facts;
  const begin = () => {
    createSyncTables(db);
    new SyncTables(db).createList(listId, null, share.images, new Date());
    const step = { table: 'sync_export_lists', key: listId, column: 'asked_of', new: remote };
    new Journal(db, listId).add({ record: null, outcome: null, ...step });
  };
  await immediately(db, begin, wait);
  try {
    await addRows(db, offers, listId, facts);
  } catch (error) {
    const drop = () => dropList(db, listId);
    if (facts.moved === undefined) await immediately(db, drop, { what: db.name }).catch(() => {});
    throw error;
  }
}

/** Pages of a thousand rows keep each transaction short. */
async function addRows(
  db: Database.Database,
  offers: Offers,
  listId: string,
  facts: AskFacts,
): Promise<void> {
  const sync = new SyncTables(db);
  const list = sync.list(listId)!;
  for (const rows of offers.rows(facts.number)) {
    const add = () => {
      for (const { want } of rows) sync.addListFile(list, null, want, 'pending');
      const images = rows.map(({ image }) => image);
      facts.moved?.(db, images);
    };
    await immediately(db, add, facts.wait);
  }
}

function dropList(db: Database.Database, listId: string): void {
  const sync = new SyncTables(db);
  const list = sync.list(listId);
  if (list === null) return;
  db.prepare('DELETE FROM sync_export_files WHERE list_id = ?').run(sync.listReference(list));
  db.prepare('DELETE FROM sync_export_lists WHERE id = ?').run(list.id);
  db.prepare('DELETE FROM indabundle_journal WHERE operation = ?').run(listId);
}

async function writeShare(
  path: string,
  offers: Offers,
  listId: string,
  { share, created, number }: AskFacts,
): Promise<number> {
  mkdirSync(resolve(path, '..'), { recursive: true });
  const { images, bytes } = share;
  return await writeRequest(path, { listId, images, bytes, created }, wantsOf(offers, number));
}

function* wantsOf(offers: Offers, remote: number): Generator<Want> {
  for (const path of offers.wants(remote)) {
    const want = wantOf(path);
    if (want !== null) yield want;
  }
}

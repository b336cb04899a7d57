import type Database from 'better-sqlite3';
import { asBundleError, BundleError } from '../base/errors.ts';
import { type HereMeanwhile, hereMeanwhile } from '../archive/here-meanwhile.ts';
import { locate, openToRead } from '../archive/open.ts';
import { hasJournal, hasListTables } from '../archive/sync-tables.ts';
import { listFailures, operationFailures } from './failures.ts';
import { allLists, listsOf, oneList } from './lists.ts';
import { allOperations, oneOperation } from './operations.ts';
import type { Books, StatusOptions, StatusResult } from './types.ts';

/** What is listed of anything, at most. */
const MOST = 1000;
/** Failures in the overview: enough to see of what kind they are. */
const FEW = 10;

/**
 * Reads the books of an archive: operations and lists, how far they are, what came of them, what
 * failed and why. Changes nothing; works on the books of the Python scripts, too.
 *
 * @throws BundleError `id-not-found`, `db-...`
 */
export async function statusOf(options: StatusOptions): Promise<StatusResult> {
  try {
    const archive = openToRead(options.db, { root: options.root });
    try {
      const { db, path } = archive;
      const facts = { database: path, books: booksOf(db) };
      const here = facts.books === 'none' ? null : hereMeanwhile(archive);
      const found =
        options.id === undefined
          ? overview(db, facts.books, options.failed ? MOST : FEW)
          : detail(db, facts.books, path, options.id);
      return { ...facts, ...(here === null ? found : withHere(found, here)) };
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asBundleError(error, locate(options.db));
  }
}

type Found = Omit<StatusResult, 'database' | 'books'>;

function withHere(found: Found, here: HereMeanwhile): Found {
  const operations = found.operations.map((operation) => ({
    ...operation,
    hereMeanwhile: here.operations.get(operation.operationId) ?? 0,
  }));
  const lists = found.lists.map((list) => ({ ...list, hereMeanwhile: here.lists.get(list.listId) ?? 0 }));
  return { ...found, operations, lists };
}

function booksOf(db: Database.Database): Books {
  if (!hasListTables(db)) return 'none';
  return hasJournal(db) ? 'indabundle' : 'scripts';
}

const NOTHING: Found = {
  operations: [],
  operationsTotal: 0,
  lists: [],
  listsTotal: 0,
  failures: [],
  failuresTotal: 0,
};

function overview(db: Database.Database, books: Books, mostFailures: number): Found {
  if (books === 'none') return NOTHING;
  const count = (table: string) => Number(db.prepare(`SELECT count(*) FROM main.${table}`).pluck().get());
  const failed = listFailures(db, null, mostFailures);
  return {
    operations: allOperations(db, MOST),
    operationsTotal: count('sync_operations'),
    lists: allLists(db, MOST),
    listsTotal: count('sync_export_lists'),
    failures: failed.listed,
    failuresTotal: failed.total,
  };
}

/** @throws BundleError `id-not-found` */
function detail(db: Database.Database, books: Books, path: string, id: string): Found {
  const operation = books === 'none' ? null : oneOperation(db, id);
  if (operation !== null) {
    const failed = operationFailures(db, id, MOST);
    const lists = listsOf(db, id, MOST);
    const rest = { failures: failed.listed, failuresTotal: failed.total };
    return { operations: [operation], operationsTotal: 1, lists, listsTotal: lists.length, ...rest };
  }
  const list = books === 'none' ? null : oneList(db, id);
  if (list === null) throw new BundleError('id-not-found', { params: { id, path } });
  const failed = listFailures(db, id, MOST);
  return {
    ...NOTHING,
    lists: [list],
    listsTotal: 1,
    failures: failed.listed,
    failuresTotal: failed.total,
  };
}

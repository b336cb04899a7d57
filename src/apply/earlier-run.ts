import type Database from 'better-sqlite3';
import type { Archive } from '../archive/open.ts';
import {
  type ExportList,
  hasListTables,
  hasSyncTables,
  type Operation,
  SyncTables,
} from '../archive/sync-tables.ts';
import { APPLIED, listIdOf, REGISTERED } from '../archive/volume-registry.ts';
import type { Manifest } from '../manifest/types.ts';

/** Whose list a bundle is booked on: ours have one row per record, in the order of the bundle. */
export type ListKind = 'own' | 'request';

/** Records of one bundle within an operation: a series is one operation of several bundles. */
export const RECORDS_PER_BUNDLE = 2 ** 32;

/** What the books know of a bundle, or of its series, from before. */
export interface EarlierRun {
  readonly kind: ListKind;
  /** The request that the bundle answers, or the list that was made for it. */
  readonly list: ExportList | null;
  /** The operation that applied this bundle, or other volumes of its series. */
  readonly operation: Operation | null;
  /** The bundle's number within that operation, from 0; null when it is new there. */
  readonly number: number | null;
  /** That operation read a whole copy of the bundle to its end. */
  readonly wasWhole: boolean;
}

/** A bundle in the registry of an operation: rows of the journal with negative sequence numbers. */
interface Registered {
  readonly operation: string;
  readonly bundle: string;
  readonly exportId: string;
  /** Volumes of the series. */
  readonly count: number;
  readonly number: number;
  readonly wasWhole: 0 | 1;
}

/** Looks a bundle up in the books. Several bundles may answer one request: each has its own operation. */
export function findEarlier(archive: Archive, manifest: Manifest, bundleId: string): EarlierRun {
  const { db } = archive;
  if (!hasListTables(db)) return { kind: 'own', list: null, operation: null, number: null, wasWhole: false };
  const sync = new SyncTables(db);
  const request = manifest.list_id === undefined ? null : sync.list(manifest.list_id);
  const list = request ?? sync.list(listIdOf(bundleId));
  const kind = request === null ? 'own' : 'request';
  const registered = hasSyncTables(db) ? registry(db) : [];
  const isLive = ({ operation }: Registered) => isOpen(sync.operation(operation));
  const own = registered.find(({ bundle }) => bundle === bundleId);
  const { count, export_id } = manifest.volume;
  const siblings =
    count > 1 ? registered.filter((one) => one.exportId === export_id && one.count === count) : [];
  const live = siblings.find(isLive);
  // A volume that was taken back is begun anew together with the rest of its series.
  const joins = live !== undefined && own?.wasWhole !== 1;
  if (own && (isLive(own) || !joins)) {
    const { operation, number, wasWhole } = own;
    return { kind, list, operation: sync.operation(operation), number, wasWhole: wasWhole === 1 };
  }
  const sibling = live ?? siblings[0];
  const operation = sibling ? sync.operation(sibling.operation) : null;
  return { kind, list, operation, number: null, wasWhole: false };
}

const isOpen = (operation: Operation | null) => operation !== null && operation.status !== 'completed';

/** An operation that was begun and not brought to its end is gone on with. */
export function goesOn(earlier: EarlierRun): boolean {
  return isOpen(earlier.operation);
}

/** All bundles that the books know, the latest operation first. */
function registry(db: Database.Database): Registered[] {
  return db
    .prepare<[string], Registered>(
      `SELECT journal.operation, "key" AS bundle, "column" AS exportId, record AS count, CAST(new AS INTEGER) AS number, "table" = ? AS wasWhole
       FROM sync_operations JOIN indabundle_journal journal ON journal.operation = sync_operations.operation_id AND journal.sequence < 0
       ORDER BY sync_operations.id DESC`,
    )
    .all(APPLIED);
}

/** Writes a bundle into the registry of an operation, with the size of its series; returns its number there. */
export function registerBundle(
  db: Database.Database,
  operationId: string,
  manifest: Manifest,
  bundleId: string,
): number {
  const number = registeredBundles(db, operationId);
  db.prepare('INSERT INTO indabundle_journal VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?)').run(
    operationId,
    -1 - number,
    manifest.volume.count,
    REGISTERED,
    bundleId,
    manifest.export_id,
    String(manifest.volume.number),
    String(number),
  );
  return number;
}

/** How many bundles an operation has seen. */
function registeredBundles(db: Database.Database, operationId: string): number {
  const count = db.prepare('SELECT count(*) FROM indabundle_journal WHERE operation = ? AND sequence < 0');
  return Number(count.pluck().get(operationId));
}

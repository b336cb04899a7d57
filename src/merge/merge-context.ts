import { LocalIndex } from '../archive/local-index.ts';
import type { Archive } from '../archive/open.ts';
import { hasUniqueIndex } from '../archive/schema-rules.ts';
import { siteSize } from '../archive/identity.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { ImageRecord } from '../manifest/types.ts';
import type { BannedAuthors, Decision } from './decide.ts';
import type { ConflictPolicy } from './outcomes.ts';
import { RowClaims } from './row-claims.ts';
import { TakenSizes } from './taken-sizes.ts';

/** What deciding needs of an archive. */
export interface MergeContext {
  readonly archive: Archive;
  readonly index: LocalIndex;
  readonly banned: BannedAuthors;
  /** True when a second row with this address would break the schema. */
  readonly urlIsTaken: (url: string) => boolean;
  readonly claims: RowClaims;
  readonly sizes: TakenSizes;
}

/** `expected` images may come to the archive while this is in use. */
export async function mergeContext(archive: Archive, expected = 0): Promise<MergeContext> {
  return {
    archive,
    index: await LocalIndex.build(archive, expected),
    banned: bannedAuthors(archive),
    urlIsTaken: urlCheck(archive),
    claims: new RowClaims(archive.scratch),
    sizes: new TakenSizes(archive),
  };
}

function urlCheck(archive: Archive): (url: string) => boolean {
  if (!hasUniqueIndex(archive.db, 'images', 'url')) return () => false;
  const find = archive.db.prepare('SELECT 1 FROM main.images WHERE url = ?');
  return (url) => find.get(url) !== undefined;
}

function bannedAuthors(archive: Archive): BannedAuthors {
  if (!archive.shape.hasColumn('banned_authors', 'author')) return new Set();
  return new Set(archive.db.prepare<[], string>('SELECT author FROM main.banned_authors').pluck().all());
}

/** How large the site says the record's picture is: 3 for `_xxl`, 2 for `_xl`, 1 for `_l`, else 0. */
export function recordSize(record: ImageRecord): number {
  return siteSize(record.image.url ?? null);
}

/** True when the site says that the record's picture is larger than the local one. */
export function isLarger(record: ImageRecord, row: LocalImage, { sizes }: MergeContext): boolean {
  const size = recordSize(record);
  return size > siteSize(row.url) && size > sizes.of(row.id);
}

/**
 * What a conflict becomes under a policy; where `url` is UNIQUE and taken there can be no second row. What an
 * earlier record of the same bundle brought is not replaced: two that disagree would take turns forever.
 */
export function conflictAction(
  policy: ConflictPolicy,
  record: ImageRecord,
  row: LocalImage,
  context: MergeContext,
): 'keep' | 'take' | 'add' {
  switch (policy) {
    case 'keep-local':
      return 'keep';
    case 'larger':
      return isLarger(record, row, context) ? 'take' : 'keep';
    case 'take-remote':
      return context.claims.isOthers(row.id, record.file?.digest) ? 'keep' : 'take';
    case 'keep-both':
      return record.image.url !== undefined && context.urlIsTaken(record.image.url) ? 'keep' : 'add';
  }
}

/** True when doing what was decided takes the record's file. */
export function needsFile(
  decision: Decision,
  record: ImageRecord,
  policy: ConflictPolicy,
  context: MergeContext,
): boolean {
  if (record.file === undefined) return false;
  if (decision.outcome === 'added' || decision.outcome === 'restored') return true;
  return decision.outcome === 'conflict' && conflictAction(policy, record, decision.row, context) !== 'keep';
}

/**
 * True of a conflict for which there can be no second row: another record may bring one with this content, under
 * an address of its own. What this one knows belongs there then, as a second run would find.
 */
export function yieldsToTwin(
  decision: Decision,
  record: ImageRecord,
  policy: ConflictPolicy,
  takesFile: boolean,
): boolean {
  const isConflict = policy === 'keep-both' && decision.outcome === 'conflict';
  return isConflict && record.file !== undefined && !takesFile;
}

/** Notes whose content a row has, or is to have, where a later record could take it away again. */
export function claimRow(
  policy: ConflictPolicy,
  id: number | null,
  record: ImageRecord,
  { claims }: MergeContext,
): void {
  if (policy === 'take-remote' && id !== null && record.file) claims.claim(id, record.file.digest);
}

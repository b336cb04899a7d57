import type Database from 'better-sqlite3';
import type { Shape } from './shape.ts';

/** The columns of other tables that name a row of these by its id. */
export const NAMED_BY = {
  images: [
    ['image_tags', 'image_id'],
    ['image_albums', 'image_id'],
    ['image_collections', 'image_id'],
    ['image_notes', 'image_id'],
    ['marked_images', 'image_id'],
  ],
  tags: [['image_tags', 'tag_id']],
  albums: [['image_albums', 'album_id']],
  collections: [['image_collections', 'collection_id']],
} as const;

/** Tables whose rows are told apart by their ids. */
export type NumberedTable = keyof typeof NAMED_BY;

/** No table ever gives an id as large as this, and beyond twice as much they would be rounded; what is no number sorts behind it. */
export const OUT_OF_REACH = 2 ** 52;

/**
 * Rows whose image, tag or album was deleted, or never was, may name an id that no row had yet: a
 * new row must not inherit their links, notes or marks. Returns the first id behind them, or null
 * where the next id is behind them anyway.
 */
export function idBehindOrphans(db: Database.Database, shape: Shape, table: NumberedTable): number | null {
  const largest = (column: string, from: string) =>
    Number(
      db.prepare(`SELECT max(${column}) FROM main.${from} WHERE ${column} < ${OUT_OF_REACH}`).pluck().get() ??
        0,
    );
  const named = NAMED_BY[table]
    .filter(([from, column]) => shape.hasColumn(from, column))
    .map(([from, column]) => largest(column, from));
  const orphan = Math.max(0, ...named);
  const sequence = shape.has('sqlite_sequence')
    ? Number(db.prepare('SELECT seq FROM main.sqlite_sequence WHERE name = ?').pluck().get(table) ?? 0)
    : 0;
  return orphan > Math.max(largest('id', table), sequence) ? orphan + 1 : null;
}

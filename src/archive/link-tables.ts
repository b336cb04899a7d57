import type { Shape } from './shape.ts';

/** A tag, album or collection: its natural key and its own columns, under their names. */
export type LinkTarget = { readonly [column: string]: string | number | undefined };

export type LinkKind = 'tags' | 'albums' | 'collections';
export type Links = { readonly [kind in LinkKind]: readonly LinkTarget[] };

interface LinkTable {
  readonly naturalKey: string;
  readonly junction: string;
  readonly column: string;
  /** The columns of a target that a bundle may name beside its key: what else a record carries stays out of SQL. */
  readonly columns: readonly string[];
}

const SETS = ['title', 'url', 'is_public'];

export const LINK_TABLES: { readonly [kind in LinkKind]: LinkTable } = {
  tags: { naturalKey: 'name', junction: 'image_tags', column: 'tag_id', columns: ['count'] },
  albums: { naturalKey: 'album_id', junction: 'image_albums', column: 'album_id', columns: SETS },
  collections: {
    naturalKey: 'collection_id',
    junction: 'image_collections',
    column: 'collection_id',
    columns: SETS,
  },
};

export const LINK_KINDS = Object.keys(LINK_TABLES) as LinkKind[];

/** True where all columns are there by which images are linked to targets of a kind. */
export function canLink(shape: Shape, kind: LinkKind): boolean {
  const { naturalKey, junction, column } = LINK_TABLES[kind];
  return (
    ['id', naturalKey].every((name) => shape.hasColumn(kind, name)) &&
    ['image_id', column].every((name) => shape.hasColumn(junction, name))
  );
}

/** SQL that links images to so many targets. */
export function insertLinks(kind: LinkKind, count: number): string {
  const { junction, column } = LINK_TABLES[kind];
  const pairs = Array.from({ length: count }, () => '(?, ?)').join();
  return `INSERT OR IGNORE INTO ${junction} (image_id, ${column}) VALUES ${pairs}`;
}

/** SQL that finds the id of a target by its natural key. */
export const FIND_TARGET = perKind(
  ({ naturalKey }, kind) => `SELECT id FROM ${kind} WHERE ${naturalKey} = ?`,
);

function perKind(sql: (table: LinkTable, kind: LinkKind) => string): { readonly [kind in LinkKind]: string } {
  const { tags, albums, collections } = LINK_TABLES;
  return {
    tags: sql(tags, 'tags'),
    albums: sql(albums, 'albums'),
    collections: sql(collections, 'collections'),
  };
}

import type { Shape } from './shape.ts';

/** A tag, album or collection with its natural key and its own columns. */
export interface LinkTarget {
  readonly key: string;
  readonly values: { readonly [column: string]: string | number };
}

export type LinkKind = 'tags' | 'albums' | 'collections';
export type Links = { readonly [kind in LinkKind]: readonly LinkTarget[] };

interface LinkTable {
  readonly naturalKey: string;
  readonly junction: string;
  readonly column: string;
}

export const LINK_TABLES: { readonly [kind in LinkKind]: LinkTable } = {
  tags: { naturalKey: 'name', junction: 'image_tags', column: 'tag_id' },
  albums: { naturalKey: 'album_id', junction: 'image_albums', column: 'album_id' },
  collections: { naturalKey: 'collection_id', junction: 'image_collections', column: 'collection_id' },
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

/** SQL that links an image to a target. */
export const INSERT_LINK = perKind(
  ({ junction, column }) => `INSERT OR IGNORE INTO ${junction} (image_id, ${column}) VALUES (?, ?)`,
);

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

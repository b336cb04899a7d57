import type { Archive } from '../archive/open.ts';
import type { Manifest, Tally } from '../manifest/types.ts';

const TOP = 50;
const LONGEST_NAME = 200;

/** Counts what the pictures of a volume hold; the database does the counting. */
export function summarize(archive: Archive, volume: number): Manifest['summary'] {
  archive.db.exec('DROP TABLE IF EXISTS temp.travelling; CREATE TEMP TABLE travelling (id INTEGER)');
  archive.db
    .prepare(`INSERT INTO temp.travelling SELECT id FROM temp.survey WHERE state = 'ok' AND volume = ?`)
    .run(volume);
  return {
    authors: tallyColumn(archive, 'author'),
    albums: tallyLinks(archive, 'albums', 'image_albums', 'album_id', 'title'),
    collections: tallyLinks(archive, 'collections', 'image_collections', 'collection_id', 'title'),
    tags: tallyLinks(archive, 'tags', 'image_tags', 'tag_id', 'name'),
    licenses: tallyColumn(archive, 'license'),
    dates: dates(archive),
  };
}

function tallyColumn(archive: Archive, column: string): Tally {
  if (!archive.shape.hasColumn('images', column)) return { count: 0, top: [] };
  return tally(
    archive,
    `SELECT ${column} AS name, 1 AS one FROM temp.travelling JOIN main.images USING (id)`,
  );
}

function tallyLinks(archive: Archive, table: string, junction: string, key: string, name: string): Tally {
  const { shape } = archive;
  if (!shape.has(junction) || !shape.hasColumn(table, name)) return { count: 0, top: [] };
  return tally(
    archive,
    `SELECT coalesce(target.${name}, '') AS name, target.id AS one FROM temp.travelling
     JOIN main.${junction} link ON link.image_id = travelling.id JOIN main.${table} target ON target.id = link.${key}`,
  );
}

function tally(archive: Archive, source: string): Tally {
  const grouped = `SELECT name, one, count(*) AS images FROM (${source}) WHERE name IS NOT NULL GROUP BY name, one`;
  const count = Number(archive.db.prepare(`SELECT count(*) FROM (${grouped})`).pluck().get());
  const top = archive.db
    .prepare<[], { name: string; images: number }>(
      `SELECT name, images FROM (${grouped}) ORDER BY images DESC, CAST(name AS BLOB), one LIMIT ${TOP}`,
    )
    .all();
  return { count, top: top.map(({ name, images }) => ({ name: shortName(String(name)), images })) };
}

function shortName(name: string): string {
  const text = name.toWellFormed().replaceAll('\0', '');
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME).toWellFormed()}…`;
}

/** First and last day, of those that look like one. */
function dates(archive: Archive): { from?: string; to?: string } {
  const columns = archive.shape
    .select('images', ['taken_date', 'upload_date'])
    .map((column) => `nullif(${column}, '')`);
  if (columns.length === 0) return {};
  const day = `substr(coalesce(${[...columns, 'NULL'].join(', ')}), 1, 10)`;
  const row = archive.db
    .prepare<[], { first: string | null; last: string | null }>(
      `SELECT min(day) AS first, max(day) AS last FROM (SELECT ${day} AS day FROM temp.travelling JOIN main.images USING (id))
       WHERE day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'`,
    )
    .get();
  return { ...(row?.first ? { from: row.first } : {}), ...(row?.last ? { to: row.last } : {}) };
}

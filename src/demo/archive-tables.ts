/** The tables of an archive as today's crawler and explorer make them. */

const KEY = 'id INTEGER PRIMARY KEY AUTOINCREMENT';
const GROUP = 'title TEXT, url TEXT, is_public BOOLEAN';

function junction(name: string, column: string, target: string): string {
  return `CREATE TABLE ${name} (image_id INTEGER, ${column} INTEGER,
    FOREIGN KEY (image_id) REFERENCES images (id), FOREIGN KEY (${column}) REFERENCES ${target} (id),
    PRIMARY KEY (image_id, ${column}))`;
}

/** One CREATE statement each, in an order that works on an empty database. */
export const ARCHIVE_TABLES: readonly string[] = [
  `CREATE TABLE images (${KEY}, uuid TEXT UNIQUE, url TEXT, local_path TEXT, sha256_hash TEXT, title TEXT,
    description TEXT, author TEXT, author_url TEXT, license TEXT, camera_make TEXT, camera_model TEXT,
    focal_length TEXT, aperture TEXT, shutter_speed TEXT, taken_date TEXT, upload_date TEXT, page_url TEXT)`,
  'CREATE INDEX idx_images_url ON images(url)',
  `CREATE TABLE tags (${KEY}, name TEXT UNIQUE, count INTEGER)`,
  `CREATE TABLE albums (${KEY}, album_id TEXT UNIQUE, ${GROUP})`,
  `CREATE TABLE collections (${KEY}, collection_id TEXT UNIQUE, ${GROUP})`,
  junction('image_tags', 'tag_id', 'tags'),
  junction('image_albums', 'album_id', 'albums'),
  junction('image_collections', 'collection_id', 'collections'),
  `CREATE TABLE marked_images (${KEY}, image_id INTEGER, marked_date TEXT,
    FOREIGN KEY (image_id) REFERENCES images (id))`,
  `CREATE TABLE image_notes (${KEY}, image_id INTEGER, note TEXT, created_date TEXT, updated_date TEXT,
    FOREIGN KEY (image_id) REFERENCES images (id))`,
  `CREATE TABLE favorite_authors (${KEY}, author_name TEXT UNIQUE, added_date TEXT,
    priority INTEGER DEFAULT 0, last_processed_date TEXT)`,
  `CREATE TABLE banned_authors (${KEY}, author TEXT UNIQUE, reason TEXT, banned_date TEXT, banned_by TEXT)`,
  `CREATE TABLE author_details (${KEY}, author TEXT UNIQUE, author_slug TEXT, bio TEXT, website TEXT,
    registration_date TEXT, image_count INTEGER, album_count INTEGER, tag_cloud TEXT, last_updated TEXT,
    details_url TEXT, error TEXT, retry_count INTEGER DEFAULT 0)`,
  `CREATE TABLE author_crawl (${KEY}, author TEXT UNIQUE, author_slug TEXT, author_url TEXT,
    page_number INTEGER, found_date TEXT, processed BOOLEAN DEFAULT 0, error TEXT,
    retry_count INTEGER DEFAULT 0)`,
  'CREATE TABLE author_stats (author TEXT PRIMARY KEY, total_images INTEGER DEFAULT 0, last_updated TEXT)',
  `CREATE TABLE failed_pages (${KEY}, page_number INTEGER UNIQUE, url TEXT, error TEXT,
    attempts INTEGER DEFAULT 1, last_attempt TEXT, status TEXT DEFAULT 'pending')`,
  `CREATE TABLE completed_pages (page_number INTEGER PRIMARY KEY, completion_date TEXT,
    image_count INTEGER, total_size_bytes INTEGER)`,
  `CREATE TABLE archive_submissions (${KEY}, url TEXT UNIQUE, submission_date TEXT, type TEXT, status TEXT,
    archive_url TEXT, error TEXT, retry_count INTEGER DEFAULT 0, last_attempt TEXT)`,
];

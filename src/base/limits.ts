/**
 * Every cap that the reader holds a bundle to, with the reason for each.
 * A cap is checked before the memory that it guards is allocated (docs/format.md, "Limits").
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Content of one zstd frame. Two buffers of this size are what reading costs, whatever the bundle. */
export const MAX_FRAME_CONTENT = 16 * MIB;

/** Content of each frame of an entry that does not fit one: threads share the work, and the memory for most frames will do. */
export const LONG_ENTRY_FRAME = MIB;

/** Largest window a frame may declare: 2^23 = 8 MiB, what every zstd decoder accepts without an option. */
export const MAX_WINDOW_LOG = 23;

/** Payload entries smaller than this share a frame until it holds about this much. */
export const SHARED_FRAME_CONTENT = MIB;

/** `manifest.json`: read before anything is known to be true, so it is kept small. */
export const MAX_MANIFEST_BYTES = MIB;

/** `end.json` names a handful of digests and counts. */
export const MAX_END_BYTES = 64 * KIB;

/** README.txt: plain words, kept in memory while it is proven. */
export const MAX_README_BYTES = 64 * KIB;

/** A minisign signature file is about 300 bytes. */
export const MAX_SIGNATURE_BYTES = 4 * KIB;

/** One line of records, authors or index: the longest real record is about 12 KB. */
export const MAX_LINE_BYTES = MIB;

/** One shard of lines: held in memory while its digest is proven. */
export const MAX_SHARD_BYTES = 2 * MIB;

/** What the writer puts in one shard before it begins the next. */
export const SHARD_LINES = 1000;
export const SHARD_BYTES = MIB;

/** ustar has 11 octal digits for a size: files of 8 GiB and more are omitted. */
export const MAX_ENTRY_BYTES = 8 * 1024 * MIB - 1;

/** A seek table that is loaded: eight million frames, some terabytes. A larger one is a hint not taken. */
export const MAX_SEEK_TABLE_BYTES = 64 * MIB;

/** Nesting of JSON that the parser follows; records need 4. */
export const MAX_JSON_DEPTH = 16;

/** Findings kept in memory and listed; what comes after is counted. */
export const MAX_FINDINGS = 1000;

/** One text column of a record, in characters. The longest seen in an archive is 5,000. */
export const MAX_TEXT_LENGTH = 256 * KIB;

/** What an archive is called in the head of a file. */
export const MAX_LABEL_LENGTH = 1000;

/** What was asked for, in the words of a manifest. */
export const MAX_SELECTION_WORDS = 20_000;

/** Columns of `author_details` in one record. */
export const MAX_DETAILS = 64;

/** Tags, albums or collections of one record. */
export const MAX_LINKS = 2000;

/** Rows of one group of a catalogue: its digests are the largest column, 512 KiB. */
export const CATALOG_GROUP_ROWS = 16 * 1024;

/** Addresses of one group of a catalogue, and new names of authors: the writer begins a new group before it grows beyond this. */
export const CATALOG_GROUP_TEXT = MIB;

/** One column of a catalogue: the addresses of a group and one address that is as long as they come. */
export const MAX_CATALOG_COLUMN = 4 * MIB;

/** Author names of a catalogue, in all: a reader keeps them in memory. */
export const MAX_CATALOG_AUTHORS = 200_000;
export const MAX_CATALOG_AUTHOR_BYTES = 16 * MIB;

/** What one line of a request holds; it stays well below a megabyte. */
export const REQUEST_LINE_WANTS = 500;
export const REQUEST_LINE_BYTES = 256 * KIB;

/** One line of a request: what the writer puts in one, and one address that is as long as they come. */
export const MAX_REQUEST_LINE_BYTES = 4 * MIB;

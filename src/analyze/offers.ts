import type Database from 'better-sqlite3';
import { openScratch } from '../archive/scratch.ts';

/** One image that one remote could give. */
export interface Offer {
  /** Which image of ours it is for: the same text for the same image. */
  readonly image: string;
  /** `hash_...` or `url_...`: how the remote is asked for it. */
  readonly want: string;
  readonly size: number | null;
  /** The better of two contents of one image: the one with the bytes that were lost, then the larger by the site's own sizes. */
  readonly fits: boolean;
  readonly rank: number;
  readonly author: string | null;
  /** Number of the remote, from 0. */
  readonly remote: number;
}

/** What one remote is asked for. */
export interface Share {
  readonly images: number;
  readonly bytes: number;
  readonly sizesUnknown: number;
}

interface WantedRow {
  readonly number: number;
  readonly want: string;
  readonly size: number | null;
  readonly remotes: number;
}

const PAGE = 1000;

/**
 * Offers of several remotes, shared out so that every image is asked for once and every remote
 * sends about the same number of bytes. Lies in a temporary file.
 */
export class Offers {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;
  readonly #fail: Database.Statement;

  constructor() {
    this.#db = openScratch();
    this.#db.exec(
      `CREATE TABLE offers (image TEXT, want TEXT, size INTEGER, fits INTEGER, rank INTEGER, author TEXT, remote INTEGER);
       CREATE TABLE failed (want TEXT PRIMARY KEY) WITHOUT ROWID`,
    );
    this.#insert = this.#db.prepare('INSERT INTO offers VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#fail = this.#db.prepare('INSERT OR IGNORE INTO failed VALUES (?)');
  }

  add({ image, want, size, fits, rank, author, remote }: Offer): void {
    this.#insert.run(image, want, size, fits ? 1 : 0, rank, author, remote);
  }

  /** Somebody was asked by this and could not give it: another content of the image is the better bet. */
  failedBefore(want: string): void {
    this.#fail.run(want);
  }

  /** Chooses one content an image and one remote a content. Only once, after the last offer. */
  shareOut(remotes: number): Share[] {
    this.#choose();
    const pages = this.#db.prepare<[number], WantedRow>(
      `SELECT * FROM wanted WHERE number > ? ORDER BY number LIMIT ${PAGE}`,
    );
    const senders = new Senders(this.#db, remotes);
    for (let last = 0; ; ) {
      const rows = pages.all(last);
      if (rows.length === 0) break;
      for (const row of rows) senders.assign(row);
      last = rows.at(-1)!.number;
    }
    this.#db.exec('CREATE INDEX shares_remote ON shares (remote, number)');
    return senders.shares;
  }

  /** In the order in which they are given out: those that only one has, then the largest. */
  #choose(): void {
    this.#db.exec(`
      CREATE TABLE contents AS SELECT image, want, max(size) AS size, max(fits) AS fits, max(rank) AS rank,
        sum(DISTINCT 1 << remote) AS remotes FROM offers GROUP BY image, want;
      CREATE TABLE wanted (number INTEGER PRIMARY KEY, image TEXT, want TEXT, size INTEGER, remotes INTEGER);
      INSERT INTO wanted (image, want, size, remotes) SELECT image, want, size, remotes FROM (
        SELECT *, row_number() OVER (PARTITION BY image ORDER BY fits DESC, want IN (SELECT want FROM failed), rank DESC, size DESC, want) AS place FROM contents)
      WHERE place = 1 ORDER BY (remotes & (remotes - 1)) <> 0, size DESC, want, image;
      DROP TABLE contents;
      CREATE TABLE shares (number INTEGER PRIMARY KEY, remote INTEGER, image TEXT, want TEXT)`);
  }

  /** The rows of one remote's list, one an image, in pages. */
  *rows(
    remote: number,
  ): Generator<readonly { readonly number: number; readonly image: string; readonly want: string }[]> {
    const select = this.#db.prepare<[number, number], { number: number; image: string; want: string }>(
      `SELECT number, image, want FROM shares WHERE remote = ? AND number > ? ORDER BY number LIMIT ${PAGE}`,
    );
    for (let last = 0; ; ) {
      const rows = select.all(remote, last);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)!.number;
    }
  }

  /** What one remote is asked for, each content once, in a fixed order. */
  *wants(remote: number): Generator<string> {
    const select = this.#db
      .prepare<[number, string], string>(
        `SELECT want FROM asked WHERE remote = ? AND want > ? ORDER BY want LIMIT ${PAGE}`,
      )
      .pluck();
    for (let last = ''; ; ) {
      const wants = select.all(remote, last);
      if (wants.length === 0) return;
      yield* wants;
      last = wants.at(-1)!;
    }
  }

  close(): void {
    this.#db.close();
  }
}

/** Gives each content to the sender who has the least to send so far; one who sends it already gets its other images too. */
class Senders {
  readonly shares: { images: number; bytes: number; sizesUnknown: number }[];
  readonly #loads: number[];
  readonly #known: Database.Statement<[string], number>;
  readonly #note: Database.Statement;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database, remotes: number) {
    db.exec(
      'CREATE TABLE asked (want TEXT, remote INTEGER, PRIMARY KEY (remote, want)) WITHOUT ROWID; CREATE INDEX asked_want ON asked (want)',
    );
    this.shares = Array.from({ length: remotes }, () => ({ images: 0, bytes: 0, sizesUnknown: 0 }));
    this.#loads = this.shares.map(() => 0);
    this.#known = db.prepare<[string], number>('SELECT remote FROM asked WHERE want = ?').pluck();
    this.#note = db.prepare('INSERT INTO asked VALUES (?, ?)');
    this.#insert = db.prepare(
      'INSERT INTO shares SELECT number, ?, image, want FROM wanted WHERE number = ?',
    );
  }

  assign({ number, want, size, remotes }: WantedRow): void {
    const has = (remote: number) => (remotes & (1 << remote)) !== 0;
    const known = this.#known.all(want).find(has);
    const remote = known ?? this.#leastLoaded(has);
    const share = this.shares[remote]!;
    share.images += 1;
    this.#insert.run(remote, number);
    if (known !== undefined) return;
    share.bytes += size ?? 0;
    if (size === null) share.sizesUnknown += 1;
    this.#loads[remote]! += size ?? 1;
    this.#note.run(want, remote);
  }

  #leastLoaded(has: (remote: number) => boolean): number {
    let best = -1;
    for (const [remote, load] of this.#loads.entries()) {
      if (has(remote) && (best < 0 || load < this.#loads[best]!)) best = remote;
    }
    return best;
  }
}

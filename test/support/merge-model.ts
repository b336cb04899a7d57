/**
 * What a merge must come to, worked out from the rules alone, over two snapshots: nothing here
 * knows how the product does it.
 */

import type { ArchiveSnapshot, Cell, Row } from '../../fixtures/archive-reader.ts';

/** A picture that travels: a sender's row whose content can be had. */
export interface Traveller {
  readonly row: Row;
  readonly digest: string;
  /** `tag tó`, `album 104777`, ...: the links that come with it. */
  readonly links: readonly string[];
}

/** A picture as the receiver must have it in the end. */
export interface ExpectedImage {
  /** Null for a row that is new. */
  readonly id: number | null;
  row: Row;
  /** Of the file; null where there is none. */
  digest: string | null;
  readonly links: Set<string>;
}

const SHA256 = /^[0-9a-f]{64}$/;
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function text(cell: Cell | undefined): string | null {
  return typeof cell === 'string' && cell !== '' ? cell : null;
}

function statedDigest(row: Row): string | null {
  const stated = text(row['sha256_hash'])?.toLowerCase() ?? '';
  return SHA256.test(stated) ? stated : null;
}

function siteId(row: Row): string | null {
  const file = /indafoto\.hu\/.*\/(\d+)_[0-9a-f]{32}[^/]*$/.exec(text(row['url']) ?? '');
  const page = /indafoto\.hu\/[^/]+\/image\/(\d+)/.exec(text(row['page_url']) ?? '');
  return file?.[1] ?? page?.[1] ?? null;
}

function linksOf(snapshot: ArchiveSnapshot, id: number): string[] {
  return snapshot.links.filter((link) => link.imageId === id).map(({ kind, key }) => `${kind} ${key}`);
}

/** The sender's rows that a bundle of everything carries, in its order. */
export function travellers(sender: ArchiveSnapshot): Traveller[] {
  const rows = [...sender.images.values()].filter((row) => text(row['local_path']) !== null);
  const good = new Set<string>();
  const contents = new Map<Row, string>();
  for (const row of rows) {
    const found = sender.fileDigests.get(Number(row['id'])) ?? null;
    const stated = statedDigest(row);
    const isWhole = found !== null && (stated === null ? found !== EMPTY : stated === found);
    if (isWhole) good.add(found);
    const digest = isWhole ? found : stated;
    if (digest !== null) contents.set(row, digest);
  }
  const path = (row: Row) => Buffer.from(String(row['local_path']).replaceAll('\\', '/'));
  return rows
    .filter((row) => good.has(contents.get(row) ?? ''))
    .sort((a, b) => Buffer.compare(path(a), path(b)) || Number(a['id']) - Number(b['id']))
    .map((row) => ({ row, digest: contents.get(row)!, links: linksOf(sender, Number(row['id'])) }));
}

/** The same image: by the strongest of site id, address and page that both have, else by content. */
function isSame(one: Traveller, other: ExpectedImage): boolean {
  for (const key of [siteId, (row: Row) => text(row['url']), (row: Row) => text(row['page_url'])]) {
    const [a, b] = [key(one.row), key(other.row)];
    if (a !== null && b !== null) return a === b;
  }
  const hasAddress = (row: Row) => text(row['url']) !== null || text(row['page_url']) !== null;
  return !(hasAddress(one.row) && hasAddress(other.row)) && statedDigest(other.row) === one.digest;
}

function isUsable(image: ExpectedImage): boolean {
  if (image.digest === null || image.digest === EMPTY) return false;
  const stated = statedDigest(image.row);
  return stated === null || stated === image.digest;
}

/** Carries travellers into a receiver, picture by picture, by the table of outcomes. */
export class MergeModel {
  readonly images: ExpectedImage[];
  readonly outcomes: Record<string, number> = {};
  /** Travellers that the receiver's layout has no column to know again. */
  readonly unknowable: Traveller[] = [];
  readonly #columns: ReadonlySet<string>;
  readonly #banned: ReadonlySet<Cell | undefined>;
  readonly #kinds: ReadonlySet<string>;

  /** `columns` are those of the receiver's `images`. */
  constructor(receiver: ArchiveSnapshot, columns: readonly string[]) {
    this.#columns = new Set(columns);
    this.#banned = new Set(receiver.others.get('banned_authors')?.map((row) => row['author']));
    this.#kinds = new Set(
      ['tag', 'album', 'collection'].filter((kind) => `image_${kind}s` in receiver.counts),
    );
    this.images = [...receiver.images].map(([id, row]) => ({
      id,
      row,
      digest: receiver.fileDigests.get(id) ?? null,
      links: new Set(linksOf(receiver, id)),
    }));
  }

  add(traveller: Traveller): void {
    const outcome = this.#settle(traveller);
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
  }

  #settle(traveller: Traveller): string {
    if (this.#banned.has(traveller.row['author'])) return 'banned';
    const same = this.images.filter((image) => isSame(traveller, image));
    if (same.length === 0) return this.#insert(traveller);
    const whole = same.find((image) => image.digest === traveller.digest);
    const broken = same.find((image) => !isUsable(image));
    const image = whole ?? broken ?? same[0]!;
    if (whole === undefined && broken !== undefined) {
      image.digest = traveller.digest;
      image.row = this.#held({ ...image.row, sha256_hash: traveller.digest });
    }
    this.#fill(image, traveller, whole !== undefined || broken !== undefined);
    return whole ? 'present' : broken ? 'restored' : 'conflict';
  }

  #insert(traveller: Traveller): string {
    const held = ['url', 'page_url'].some(
      (column) => this.#columns.has(column) && text(traveller.row[column]),
    );
    if (!held && !this.#columns.has('sha256_hash')) {
      this.unknowable.push(traveller);
      return 'failed';
    }
    const uuids = new Set(this.images.map((image) => image.row['uuid']));
    const uuid = uuids.has(traveller.row['uuid']) ? null : (traveller.row['uuid'] ?? null);
    const row = this.#held({ ...traveller.row, uuid, sha256_hash: traveller.digest });
    this.images.push({ id: null, row, digest: traveller.digest, links: this.#linksHeld(traveller) });
    return 'added';
  }

  #fill(image: ExpectedImage, traveller: Traveller, sameBytes: boolean): void {
    const filled: Record<string, Cell> = { ...image.row };
    const uuids = new Set(this.images.map((other) => other.row['uuid']));
    for (const [column, value] of Object.entries(this.#held(traveller.row))) {
      const isFree = column !== 'uuid' || !uuids.has(value);
      if (filled[column] === null && column !== 'sha256_hash' && isFree) filled[column] = value;
    }
    if (sameBytes && filled['sha256_hash'] === null) filled['sha256_hash'] = traveller.digest;
    image.row = filled;
    for (const link of this.#linksHeld(traveller)) image.links.add(link);
  }

  /** Those of the values that the receiver's table has columns for and that travel. */
  #held(row: Row): Row {
    const stays = new Set(['metadata_updated', 'gallery_name', 'gallery_url', 'local_path', 'id']);
    const isHeld = ([column]: [string, Cell]) => this.#columns.has(column) && !stays.has(column);
    return Object.fromEntries(Object.entries(row).filter(isHeld));
  }

  #linksHeld(traveller: Traveller): Set<string> {
    return new Set(traveller.links.filter((link) => this.#kinds.has(link.split(' ')[0]!)));
  }
}

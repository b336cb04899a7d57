import { LINK_KINDS, type LinkKind } from '../archive/link-tables.ts';

/** What is counted of one image. */
export interface CountedImage {
  readonly author: unknown;
  readonly license: unknown;
  readonly takenDate: unknown;
  readonly uploadDate: unknown;
  /** Ids of tags, albums and collections. */
  readonly links: { readonly [kind in LinkKind]: readonly number[] };
}

export type CountedKind = 'author' | 'license' | LinkKind;

/** In how many images each name or id occurs, and the days of the first and the last. */
export interface Counts {
  readonly names: ReadonlyMap<CountedKind, ReadonlyMap<unknown, number>>;
  readonly first: string | null;
  readonly last: string | null;
}

const DAY = /^\d{4}-\d{2}-\d{2}/;

/** Counts some hundreds of images. */
export class PageCounts implements Counts {
  readonly names = new Map<CountedKind, Map<unknown, number>>();
  first: string | null = null;
  last: string | null = null;

  add({ author, license, takenDate, uploadDate, links }: CountedImage): void {
    if (author !== null) this.#count('author', author);
    if (license !== null) this.#count('license', license);
    for (const kind of LINK_KINDS) for (const id of links[kind]) this.#count(kind, id);
    this.#addDate(takenDate === null || takenDate === '' ? uploadDate : takenDate);
  }

  #count(kind: CountedKind, name: unknown): void {
    let counts = this.names.get(kind);
    if (counts === undefined) this.names.set(kind, (counts = new Map<unknown, number>()));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  #addDate(date: unknown): void {
    if (typeof date !== 'string' || !DAY.test(date)) return;
    const day = date.slice(0, 10);
    if (this.first === null || day < this.first) this.first = day;
    if (this.last === null || day > this.last) this.last = day;
  }
}

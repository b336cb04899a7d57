import type { Observer } from '../base/events.ts';
import type { HeldImage } from '../holdings/archive-images.ts';
import type { Holdings, Verdict } from '../holdings/holdings.ts';
import type { AuthorGap, Comparison, Gap } from './options.ts';

const TOP = 50;

export interface CompareOptions {
  /** Authors whose images the one who lacks does not want. */
  readonly banned: ReadonlySet<string>;
  /** Told each image that the one who lacks could have. */
  readonly offer: (image: HeldImage, verdict: Verdict & { kind: 'missing' | 'restore' }) => void;
  /** Told every image that both have, and what the other has. */
  readonly both?: (image: HeldImage, match: HeldImage) => void;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

/** Holds all images of `giver` against what `taker` has. */
export function compare(giver: Holdings, taker: Holdings, options: CompareOptions): Comparison {
  const counts = { present: 0, conflict: 0, undecided: 0, banned: 0, withoutFile: 0 };
  const gaps = { missing: new GapCounter(), restore: new GapCounter() };
  options.observer({ type: 'phase', phase: 'compare', total: giver.count, unit: 'records' });
  let done = 0;
  for (const images of giver.pages()) {
    options.signal?.throwIfAborted();
    for (const image of images) judge(image);
    done += images.length;
    options.observer({ type: 'progress', done });
  }
  return { missing: gaps.missing.gap(), restore: gaps.restore.gap(), ...counts };

  function judge(image: HeldImage): void {
    if (!image.here) counts.withoutFile += 1;
    else if (image.author !== null && options.banned.has(image.author)) counts.banned += 1;
    else {
      const verdict = taker.verdict(image);
      if (verdict.match !== null) options.both?.(image, verdict.match);
      if (verdict.kind !== 'missing' && verdict.kind !== 'restore') {
        counts[verdict.kind === 'cut' ? 'withoutFile' : verdict.kind] += 1;
        return;
      }
      gaps[verdict.kind].add(image);
      options.offer(image, verdict as Verdict & { kind: 'missing' | 'restore' });
    }
  }
}

/** Counts images and bytes, in all and by author. */
class GapCounter {
  readonly #authors = new Map<string | null, { images: number; bytes: number }>();
  #images = 0;
  #bytes = 0;
  #sizesUnknown = 0;

  add({ author, size }: HeldImage): void {
    this.#images += 1;
    this.#bytes += size ?? 0;
    if (size === null) this.#sizesUnknown += 1;
    const counts = this.#authors.get(author) ?? { images: 0, bytes: 0 };
    counts.images += 1;
    counts.bytes += size ?? 0;
    this.#authors.set(author, counts);
  }

  gap(): Gap {
    const authors: AuthorGap[] = [...this.#authors].map(([author, counts]) => ({ author, ...counts }));
    authors.sort((a, b) => b.images - a.images || compareNames(a.author ?? '', b.author ?? ''));
    return {
      images: this.#images,
      bytes: this.#bytes,
      sizesUnknown: this.#sizesUnknown,
      byAuthor: authors.slice(0, TOP),
    };
  }
}

const compareNames = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

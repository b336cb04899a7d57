import { type Observer, silent } from '../base/events.ts';
import type { CatalogImage } from '../catalog-file/types.ts';
import type { Holdings } from '../holdings/holdings.ts';
import type { DiffCounts, Difference, DifferenceKind, DiffOptions, DiffResult } from './options.ts';
import { type OpenedSide, openSide } from './open-side.ts';

/** What one bundle, catalogue or archive has that the other has not, in numbers. */
export async function diff(options: DiffOptions): Promise<DiffResult> {
  const comparison = await Diff.open(options);
  try {
    return comparison.result();
  } finally {
    comparison.close();
  }
}

interface Compared {
  readonly side: 'a' | 'b';
  readonly kind: DifferenceKind | 'same' | 'less';
  readonly image: CatalogImage;
}

/** Two sides that can be compared as often as needed: once for the numbers, once for the list. */
export class Diff {
  readonly #a: OpenedSide;
  readonly #b: OpenedSide;
  readonly #observer: Observer;
  readonly #signal: AbortSignal | undefined;
  readonly #started = performance.now();

  private constructor(a: OpenedSide, b: OpenedSide, options: DiffOptions) {
    this.#a = a;
    this.#b = b;
    this.#observer = options.observer ?? silent;
    this.#signal = options.signal;
  }

  /** @throws BundleError what opening either side throws */
  static async open(options: DiffOptions): Promise<Diff> {
    const { a, b, root, observer, signal } = options;
    const first = await openSide(a, { root, observer, signal });
    try {
      const second = await openSide(b, { root, observer, signal });
      settleSizes(first, second);
      settleSizes(second, first);
      return new Diff(first, second, options);
    } catch (error) {
      first.holdings.close();
      throw error;
    }
  }

  result(): DiffResult {
    const counts = new Map<string, { images: number; bytes: number }>();
    const at = (side: string, kind: string): DiffCounts & { images: number; bytes: number } => {
      const key = `${side} ${kind}`;
      const known = counts.get(key) ?? { images: 0, bytes: 0 };
      counts.set(key, known);
      return known;
    };
    let same = 0;
    for (const { side, kind, image } of this.#compared()) {
      if (kind === 'same') same += 1;
      const count = at(side, kind);
      count.images += 1;
      count.bytes += image.size ?? 0;
    }
    return {
      a: this.#a.side,
      b: this.#b.side,
      same,
      onlyA: at('a', 'only'),
      onlyB: at('b', 'only'),
      photoOnlyA: at('a', 'photo'),
      photoOnlyB: at('b', 'photo'),
      other: at('a', 'other').images,
      unknown: at('a', 'unknown').images,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }

  /** Every difference: those of side `a` in its order, then those of side `b`. */
  *differences(): Generator<Difference> {
    for (const { side, kind, image } of this.#compared()) {
      if (kind !== 'same' && kind !== 'less') yield { side, kind, image };
    }
  }

  /** Every image of `a`; of `b` what `a` does not have: how both have it otherwise was told there. */
  *#compared(): Generator<Compared> {
    const { holdings: a } = this.#a;
    const { holdings: b } = this.#b;
    this.#observer({ type: 'phase', phase: 'compare', total: a.count + b.count, unit: 'records' });
    for (const image of this.#images(a, 0)) yield { side: 'a', kind: standing(image, b), image };
    for (const image of this.#images(b, a.count)) {
      const kind = standing(image, a);
      if (kind === 'only' || kind === 'photo') yield { side: 'b', kind, image };
    }
  }

  *#images(holdings: Holdings, before: number): Generator<CatalogImage> {
    let done = before;
    for (const page of holdings.pages()) {
      this.#signal?.throwIfAborted();
      yield* page;
      done += page.length;
      this.#observer({ type: 'progress', done });
    }
  }

  close(): void {
    this.#a.holdings.close();
    this.#b.holdings.close();
  }
}

/** What a bundle holds was read when it was packed: where the other side has another size by the same digest, that file is another. */
function settleSizes(proven: OpenedSide, other: OpenedSide): void {
  const isBundle = ({ side: { kind } }: OpenedSide) => kind === 'bundle' || kind === 'series';
  if (!isBundle(proven) || isBundle(other)) return;
  for (const images of proven.holdings.pages())
    for (const { digest, size, here } of images)
      if (here && digest !== null && size !== null) other.holdings.loseOtherSizes(digest, size);
}

/** How an image of one side stands to the other; `less`: the other has the photo that this one lacks. */
function standing(image: CatalogImage, other: Holdings): DifferenceKind | 'same' | 'less' {
  const { kind, match } = other.verdict(image);
  if (kind === 'missing') return 'only';
  if (!image.here) return other.matches(image).some(({ here }) => here) ? 'less' : 'same';
  if (kind === 'cut') return 'less';
  if (kind === 'present') return 'same';
  if (kind === 'restore') return 'photo';
  return kind === 'conflict' && match.here ? 'other' : 'unknown';
}

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
      return new Diff(first, await openSide(b, { root, observer, signal }), options);
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
    for (const difference of this.#compared()) {
      if (difference === null) {
        same += 1;
        continue;
      }
      const count = at(difference.side, difference.kind);
      count.images += 1;
      count.bytes += difference.image.size ?? 0;
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
    for (const difference of this.#compared()) if (difference !== null) yield difference;
  }

  /** Null for an image of side `a` that is the same on both. */
  *#compared(): Generator<Difference | null> {
    const { holdings: a } = this.#a;
    const { holdings: b } = this.#b;
    this.#observer({ type: 'phase', phase: 'compare', total: a.count + b.count, unit: 'records' });
    for (const image of this.#images(a, 0)) yield this.#ofFirst(image, b);
    for (const image of this.#images(b, a.count)) {
      const kind = ofSecond(image, a);
      if (kind !== null) yield { side: 'b', kind, image };
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

  #ofFirst(image: CatalogImage, other: Holdings): Difference | null {
    const kind = kindOf(image, other);
    return kind === null ? null : { side: 'a', kind, image };
  }
}

/** What is told of side `b`: what `a` has otherwise was told there. */
function ofSecond(image: CatalogImage, first: Holdings): DifferenceKind | null {
  const kind = kindOf(image, first);
  return kind === 'only' || kind === 'photo' ? kind : null;
}

function kindOf(image: CatalogImage, other: Holdings): DifferenceKind | null {
  const { kind, match } = other.verdict(image);
  if (kind === 'missing') return 'only';
  if (kind === 'present') return null;
  if (!image.here) return null; // nothing that the other lacks
  if (kind === 'restore') return 'photo';
  return kind === 'conflict' && match.here ? 'other' : 'unknown';
}

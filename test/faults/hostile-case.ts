import type { FindingCode, Gravity } from '../../src/base/findings.ts';
import { FRAME, type HostileImage, type Hooks, hostileImages } from '../../fixtures/hostile-bundle.ts';
import type { RawEntry } from '../../fixtures/raw-container.ts';

/** A bundle that somebody crafted, named after the finding that it must raise. */
export interface HostileCase {
  readonly title: string;
  readonly code: FindingCode;
  readonly gravity: Gravity;
  readonly hooks: Hooks;
  readonly images?: readonly HostileImage[];
  /** Which images arrive all the same: those before what is refused, or beside what is damaged. */
  readonly arrive: readonly number[];
  /** The line that the finding names. */
  readonly line?: number;
}

export const IMAGES = hostileImages(3);
export const [ANNA, BELA, CILI] = IMAGES.map(({ file }) => file) as [Buffer, Buffer, Buffer];

const caseOf =
  (gravity: HostileCase['gravity']) =>
  (code: FindingCode, title: string, hooks: Hooks, arrive: readonly number[] = []): HostileCase => ({
    title,
    code,
    gravity,
    hooks,
    arrive,
  });

export const refuse = caseOf('refuse');
export const damage = caseOf('damage');

/** Puts frames of entries before the second photo. */
export const inserted = (...entries: RawEntry[]): Hooks => ({
  entries: (frames) => [
    ...frames.slice(0, FRAME.firstFile + 1),
    entries,
    ...frames.slice(FRAME.firstFile + 1),
  ],
});

/** The second photo's entry, changed. */
export const changed = (change: Partial<RawEntry>): Hooks => ({
  entries: (frames) => frames.with(FRAME.firstFile + 1, [{ ...frames[FRAME.firstFile + 1]![0]!, ...change }]),
});

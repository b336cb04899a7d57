export const OUTCOMES = [
  'added',
  'present',
  'restored',
  'conflict',
  'banned',
  'metadata-only',
  'failed',
] as const;

/** What becomes of a record. */
export type Outcome = (typeof OUTCOMES)[number];

export const CONFLICT_POLICIES = ['keep-local', 'larger', 'take-remote', 'keep-both'] as const;

/** What is done where both archives have an image with different bytes. */
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

export type OutcomeTally = { readonly [outcome in Outcome]: number };

/** Counts outcomes. */
export class OutcomeCounter {
  readonly #counts = new Map<Outcome, number>();

  add(outcome: Outcome): void {
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  tally(): OutcomeTally {
    return Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, this.#counts.get(outcome) ?? 0]),
    ) as OutcomeTally;
  }
}

/** Of each outcome, how many there are in both. */
export function sumOf(first: OutcomeTally, second: OutcomeTally | undefined): OutcomeTally {
  return Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, first[outcome] + (second?.[outcome] ?? 0)]),
  ) as OutcomeTally;
}

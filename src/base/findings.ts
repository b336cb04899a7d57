import { MAX_FINDINGS } from './limits.ts';

/** Every kind of defect that a bundle can have (docs/format.md, "Findings"). */
export const FINDING_CODES = [
  'truncated',
  'not-a-bundle',
  'unsupported-version',
  'missing-capability',
  'manifest-invalid',
  'record-invalid',
  'shard-digest-mismatch',
  'file-missing',
  'file-omitted',
  'file-digest-mismatch',
  'file-size-mismatch',
  'frame-damaged',
  'entry-unexpected',
  'entry-duplicate',
  'entry-name-unsafe',
  'entry-type-forbidden',
  'trailing-data',
  'seek-table-wrong',
  'index-wrong',
  'limit-exceeded',
  'signature-missing',
  'signature-wrong',
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];

/** Where in a bundle something was found. `offset` counts bytes of the bundle file from its start. */
export interface Place {
  readonly bundle?: string;
  readonly entry?: string;
  /** Line within the entry, from 1. */
  readonly line?: number;
  /** Frame number, from 0. */
  readonly frame?: number;
  readonly offset?: number;
}

/**
 * What a finding means for the rest of the bundle.
 * `refuse`: somebody built this, nothing from here on is used.
 * `damage`: costs only what it names.
 * `omission`: the exporter said so itself.
 */
export type Gravity = 'refuse' | 'damage' | 'omission';

/** One defect found in a bundle, as data. */
export interface Finding {
  readonly code: FindingCode;
  readonly gravity: Gravity;
  readonly where: Place;
  readonly expected?: string;
  readonly found?: string;
}

/** Thrown inside the readers to carry a finding of gravity `refuse` up to the one who collects. */
export class Refused extends Error {
  readonly finding: Finding;
  constructor(code: FindingCode, where: Place, detail: { expected?: string; found?: string } = {}) {
    super(code);
    this.name = 'Refused';
    this.finding = { code, gravity: 'refuse', where, ...detail };
  }
}

/** Collects findings up to {@link MAX_FINDINGS}; the rest is counted, so that memory stays flat. */
export class FindingList {
  total = 0;
  damaged = 0;
  refused = false;
  readonly #kept: Finding[] = [];
  readonly #codes = new Set<FindingCode>();
  readonly #listener: (finding: Finding) => void;

  constructor(listener: (finding: Finding) => void = () => {}) {
    this.#listener = listener;
  }

  /** As they stand in the file, whoever found them first; what has no place there comes last. */
  get listed(): readonly Finding[] {
    return this.#kept.toSorted(byPlace);
  }

  add(finding: Finding): void {
    this.total += 1;
    if (finding.gravity !== 'omission') this.damaged += 1;
    if (finding.gravity === 'refuse') this.refused = true;
    this.#codes.add(finding.code);
    if (this.#kept.length < MAX_FINDINGS) this.#kept.push(finding);
    this.#listener(finding);
  }

  /** True when such a finding was added, listed or only counted. */
  has(code: FindingCode): boolean {
    return this.#codes.has(code);
  }
}

/** By frame; in it by entry, and the damage that ends it last. What stands in one place has an order, too. */
function byPlace(one: Finding, other: Finding): number {
  const [a, b] = [one.where, other.where];
  return (
    compare(a.offset ?? Infinity, b.offset ?? Infinity) ||
    compare(Number(a.entry === undefined), Number(b.entry === undefined)) ||
    compare(a.entry ?? '', b.entry ?? '') ||
    compare(a.line ?? 0, b.line ?? 0) ||
    compare(one.code, other.code) ||
    compare(one.found ?? '', other.found ?? '')
  );
}

function compare<T extends number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

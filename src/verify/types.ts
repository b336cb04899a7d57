import type { Readable } from 'node:stream';
import type { Observer } from '../base/events.ts';
import type { Finding } from '../base/findings.ts';
import type { Manifest } from '../manifest/types.ts';
import type { OutcomeTally } from '../merge/outcomes.ts';

export interface VerifyOptions {
  /** A bundle file, an unpacked folder, or a stream. */
  readonly input: string | Readable;
  /** A receiver's database: adds what applying would find. */
  readonly db?: string;
  readonly root?: string;
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** Records by what applying would do with them. */
export type OutcomeCounts = OutcomeTally;

export interface VerifyResult {
  readonly input: string;
  /** `whole`: complete and valid. `omissions`: valid, with files that the exporter left out. */
  readonly verdict: 'whole' | 'omissions' | 'damaged';
  readonly bundleId: string | null;
  readonly manifest: Manifest | null;
  readonly records: number;
  /** Payload files whose digest was proven. */
  readonly files: number;
  readonly payloadBytes: number;
  readonly bytesRead: number;
  /** The first 1,000 findings. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
  /** Names in an unpacked folder that do not belong to the bundle (ignored). */
  readonly strays: readonly string[];
  readonly wouldApply?: OutcomeCounts;
  readonly seconds: number;
}

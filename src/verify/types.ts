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
  /** A file to write a request into, for what is lost; none is written when nothing is. */
  readonly request?: string;
  /** It holds a request already, for what other bundles have lost: one request asks for all of it. */
  readonly addToRequest?: boolean;
  /** Replace a file that is there. */
  readonly force?: boolean;
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** A picture that a bundle should have brought and cannot: named as far as it is known. */
export interface LostRecord {
  readonly digest?: string;
  readonly url?: string;
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
  /** The first 1,000 pictures that damage has cost. */
  readonly lost: readonly LostRecord[];
  readonly lostTotal: number;
  /** Where the request for them was written; null when none was. */
  readonly request: string | null;
  readonly wouldApply?: OutcomeCounts;
  readonly seconds: number;
}

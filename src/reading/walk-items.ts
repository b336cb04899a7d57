import type { Digest } from '../base/digest.ts';
import type { Place } from '../base/findings.ts';
import type { AuthorRecord, Manifest, OmittedLine } from '../manifest/types.ts';
import type { RecordShard } from './record-shard.ts';
import type { StandIn } from './stand-in.ts';

/** What passes by, in the order of the bundle; everything in it is proven but a payload's content. */
export type WalkItem =
  | { readonly kind: 'manifest'; readonly manifest: Manifest; readonly bundleId: Digest }
  /** Valid until the walk goes on. */
  | { readonly kind: 'records'; readonly shard: RecordShard }
  | { readonly kind: 'authors'; readonly authors: readonly AuthorRecord[] }
  /** The last shard of records and authors has passed. */
  | { readonly kind: 'payload-begins' }
  /** Some files that stand next to each other, without those that are done with; all are valid until the walk goes on. */
  | { readonly kind: 'payload'; readonly payloads: readonly Payload[] }
  | { readonly kind: 'omitted'; readonly line: OmittedLine };

/** One payload file: its content is proven only when `prove` has answered true. */
export interface Payload {
  readonly digest: Digest;
  readonly size: number;
  readonly place: Place;
  /** Hands over the content piece by piece (valid until the next) and says whether all of it is what its name says. */
  prove(consume?: (piece: Buffer) => void | Promise<void>): Promise<boolean>;
  /** The whole content where it lies in one piece; valid until the walk goes on. */
  readonly whole: Buffer | null;
  /** The digest of the whole content, where a thread has computed it already. */
  readonly found: Digest | null;
  /**
   * Leaves the proof to the caller, who hashes the content elsewhere and tells what was found before
   * {@link WalkOptions.settle} resolves. Answers whether it is what its name says.
   */
  takeOver(): (found: Digest) => boolean;
}

export interface WalkOptions {
  /** Payload that nobody proved is read and proven all the same: verify. Otherwise it is passed over. */
  readonly proveAll: boolean;
  /** `unproven`: payload that was hashed before its turn is concluded at once, not handed out. All is, when not said. */
  readonly offer?: 'all' | 'unproven';
  /** Resolves when all proofs that were taken over have been told; waited for before the lists are checked. */
  readonly settle?: () => Promise<void>;
  /**
   * What to do where damage has cost the manifest. `refuse`, which is the default: nothing can be
   * used. `report`: go on, and say at the end what the tail proves; records are not handed out. A
   * function: it gathers from the tail what the manifest would have proven, if anything does.
   */
  readonly lostHead?: 'refuse' | 'report' | (() => Promise<StandIn | null>);
  readonly signal?: AbortSignal | undefined;
}

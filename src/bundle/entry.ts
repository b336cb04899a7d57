import type { Digest } from '../base/digest.ts';
import type { Place } from '../base/findings.ts';
import type { EntryKind } from './entry-names.ts';

/** One file of a bundle while it passes by. */
export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes of content. */
  readonly size: number;
  readonly place: Place;
  /** Where the entry's header stands in the uncompressed tar; null when damage before it hides that. */
  readonly tarOffset: number | null;
  /** Seconds since 1970, as its header says; the same for all entries of a bundle. */
  readonly mtime?: number;
  /**
   * The content piece by piece; a piece is valid until the next is asked for.
   * @throws EntryDamaged when a frame of it cannot be read; the finding is reported already.
   */
  pieces(): AsyncIterable<Buffer>;
  /** The whole content where it lies in one piece already; valid until the next entry. */
  readonly whole: Buffer | null;
  /** Of the whole content, where a thread has computed it already. */
  readonly digest?: Digest | null;
  /** What else was found in the content by whoever looked at it before its turn. */
  readonly details?: unknown;
}

/** The rest of this entry cannot be had; what the finding says is all that is known. */
export class EntryDamaged extends Error {
  constructor(name: string) {
    super(`entry ${name} is damaged`);
    this.name = 'EntryDamaged';
  }
}

/** Anything that gives entries in the order of the format: a packed bundle or an unpacked folder. */
export interface EntryReader {
  readonly label: string;
  /**
   * Some entries at a time; all contents of a batch are valid until the next one.
   * @throws Refused when something must not be read on.
   */
  batches(): AsyncGenerator<readonly Entry[]>;
  /** The same one by one. */
  entries(): AsyncGenerator<Entry>;
  /** True once the end marks were seen where they belong. */
  readonly ended: boolean;
  close(): Promise<void>;
}

/** The entries of all batches of a reader. */
export async function* entriesOf(reader: Pick<EntryReader, 'batches'>): AsyncGenerator<Entry> {
  for await (const batch of reader.batches()) yield* batch;
}

/** Reads a small entry whole. Returns null when it is damaged or larger than `limit` bytes. */
export async function readWhole(entry: Entry, limit: number): Promise<Buffer | null> {
  if (entry.size > limit) return null;
  if (entry.whole) return Buffer.from(entry.whole);
  const content = Buffer.allocUnsafe(entry.size);
  let at = 0;
  for await (const piece of entry.pieces()) at += piece.copy(content, at);
  return at === entry.size ? content : null;
}

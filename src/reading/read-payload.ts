import { createHash } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { type Entry, EntryDamaged } from '../bundle/entry.ts';
import { payloadDigest } from '../bundle/entry-names.ts';
import type { Payload, WalkItem } from './walk-items.ts';
import type { WalkState } from './walk-state.ts';

/**
 * Offers one payload file to whoever walks, and proves it or passes it over when nobody wants it.
 *
 * @throws Refused `entry-duplicate`
 */
export async function* readPayload(state: WalkState, entry: Entry): AsyncGenerator<WalkItem> {
  const digest = payloadDigest(entry.name)!;
  const content = state.contents.get(digest);
  if (content === null) return unlisted(state, entry);
  if (content.state !== 'listed' && content.state !== 'passed') {
    throw new Refused('entry-duplicate', entry.place, { expected: 'each content once', found: entry.name });
  }
  state.contents.set(digest, 'damaged'); // until it is proven
  if (content.size !== entry.size) {
    state.damage('file-size-mismatch', entry.place, `${content.size} bytes`, `${entry.size} bytes`);
    return;
  }
  const payload = new OfferedPayload(state, entry, digest);
  yield { kind: 'payload', payload };
  await payload.settle();
}

function unlisted(state: WalkState, entry: Entry): void {
  if (state.shardsLost) {
    state.nameless.list(payloadDigest(entry.name)!, entry.size); // its record was in what is lost
    return;
  }
  state.damage('entry-unexpected', entry.place, 'content that a record names', entry.name);
}

class OfferedPayload implements Payload {
  readonly digest: Digest;
  readonly #state: WalkState;
  readonly #entry: Entry;
  #answer: Promise<boolean> | null = null;
  #takenOver = false;

  constructor(state: WalkState, entry: Entry, digest: Digest) {
    this.#state = state;
    this.#entry = entry;
    this.digest = digest;
  }

  get size(): number {
    return this.#entry.size;
  }

  get place(): Payload['place'] {
    return this.#entry.place;
  }

  get whole(): Buffer | null {
    return this.#entry.whole;
  }

  get found(): Digest | null {
    return this.#entry.digest ?? null;
  }

  prove(consume?: (piece: Buffer) => void | Promise<void>): Promise<boolean> {
    this.#answer ??= this.#read(consume);
    return this.#answer;
  }

  takeOver(): (found: Digest) => boolean {
    this.#takenOver = true;
    this.#expect();
    return (found) => this.#conclude(found);
  }

  /** The walk goes on: what nobody asked for is proven all the same, or known to be passed over. */
  async settle(): Promise<void> {
    if (this.#takenOver) return;
    if (this.#answer !== null || this.#state.options.proveAll) await this.prove();
    else {
      this.#state.contents.set(this.digest, 'passed');
      this.#state.check.comparable = false;
    }
  }

  async #read(consume: ((piece: Buffer) => void | Promise<void>) | undefined): Promise<boolean> {
    if (this.found !== null && consume === undefined) return this.takeOver()(this.found);
    const hash = createHash('sha256');
    try {
      for await (const piece of this.whole ? [this.whole] : this.#entry.pieces()) {
        this.#state.options.signal?.throwIfAborted();
        hash.update(piece);
        const pending = consume?.(piece);
        if (pending) await pending;
      }
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      this.#state.check.comparable = false;
      return false;
    }
    this.#expect();
    return this.#conclude(hash.digest('hex'));
  }

  /** What the lists must say of this entry, noted in the order of the bundle. */
  #expect(): void {
    const { name, size, tarOffset } = this.#entry;
    this.#state.check.saw(name, this.digest);
    this.#state.check.packed({ path: name, digest: this.digest, size, offset: tarOffset ?? -1 });
    if (tarOffset === null) this.#state.check.comparable = false;
  }

  #conclude(found: Digest): boolean {
    if (found !== this.digest) {
      this.#state.damage('file-digest-mismatch', this.place, this.digest, found);
      return false;
    }
    this.#state.contents.set(this.digest, 'proven');
    this.#state.filesProven += 1;
    this.#state.bytesProven += this.size;
    return true;
  }
}

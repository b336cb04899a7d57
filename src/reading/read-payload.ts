import { createHash } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { type Entry, EntryDamaged } from '../bundle/entry.ts';
import { digestInName } from '../bundle/entry-names.ts';
import type { Payload, WalkItem } from './walk-items.ts';
import type { WalkState } from './walk-state.ts';

/**
 * Offers payload files to whoever walks, and proves those that nobody asked for, or passes them over.
 *
 * @throws Refused `entry-duplicate`, behind those that came before
 */
export async function* readPayload(state: WalkState, entries: readonly Entry[]): AsyncGenerator<WalkItem> {
  const payloads: OfferedPayload[] = [];
  const refused = offer(state, entries, payloads);
  yield { kind: 'payload', payloads }; // none of them, too: whoever walks tells how far it is
  for (const payload of payloads) await payload.settle();
  if (refused !== null) throw refused;
}

/** Returns what ends the reading at one of the entries, if anything does. */
function offer(state: WalkState, entries: readonly Entry[], payloads: OfferedPayload[]): Refused | null {
  const { contents, options } = state;
  const takesAll = options.offer === 'unproven' && options.proveAll;
  for (const entry of entries) {
    const digest = digestInName(entry.name);
    const content = contents.find(digest);
    if (content < 0) {
      unlisted(state, entry, digest);
      continue;
    }
    const before = contents.stateOf(content);
    if (before !== 'listed' && before !== 'passed')
      return new Refused('entry-duplicate', entry.place, {
        expected: 'each content once',
        found: entry.name,
      });
    contents.setState(content, 'damaged'); // until it is proven
    const size = contents.sizeOf(content);
    if (size !== entry.size)
      state.damage('file-size-mismatch', entry.place, `${size} bytes`, `${entry.size} bytes`);
    else if (takesAll && entry.digest) proveAsFound(state, entry, content, entry.digest);
    else payloads.push(new OfferedPayload(state, entry, digest, content));
  }
  return null;
}

function proveAsFound(state: WalkState, entry: Entry, content: number, found: Digest): void {
  expect(state, entry);
  conclude(state, entry, content, found);
}

/** What the lists must say of an entry, noted in the order of the bundle. */
function expect({ check }: WalkState, { name, size, tarOffset }: Entry): void {
  const digest = digestInName(name);
  check.saw(name, digest);
  check.packed({ path: name, digest, size, offset: tarOffset ?? -1 });
  if (tarOffset === null) check.comparable = false;
}

/** False where the content is not what its name says. */
function conclude(state: WalkState, entry: Entry, content: number, found: Digest): boolean {
  const digest = digestInName(entry.name);
  if (found !== digest) {
    state.damage('file-digest-mismatch', entry.place, digest, found);
    return false;
  }
  state.contents.setState(content, 'proven');
  state.filesProven += 1;
  state.bytesProven += entry.size;
  return true;
}

function unlisted(state: WalkState, entry: Entry, digest: Digest): void {
  if (state.shardsLost) {
    state.nameless.list(digest, entry.size); // its record was in what is lost
    return;
  }
  state.damage('entry-unexpected', entry.place, 'content that a record names', entry.name);
}

class OfferedPayload implements Payload {
  readonly digest: Digest;
  readonly #state: WalkState;
  readonly #entry: Entry;
  /** Its number in the table of contents. */
  readonly #content: number;
  #answer: Promise<boolean> | null = null;
  #takenOver = false;

  constructor(state: WalkState, entry: Entry, digest: Digest, content: number) {
    this.#state = state;
    this.#entry = entry;
    this.digest = digest;
    this.#content = content;
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
    expect(this.#state, this.#entry);
    return (found) => conclude(this.#state, this.#entry, this.#content, found);
  }

  /** The walk goes on: what nobody asked for is proven all the same, or known to be passed over. */
  settle(): Promise<boolean> | null {
    if (this.#takenOver) return null;
    if (this.#answer !== null) return this.#answer;
    if (this.#state.options.proveAll) {
      if (this.found === null) return this.prove();
      this.takeOver()(this.found);
    } else {
      this.#state.contents.setState(this.#content, 'passed');
      this.#state.check.comparable = false;
    }
    return null;
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
    expect(this.#state, this.#entry);
    return conclude(this.#state, this.#entry, this.#content, hash.digest('hex'));
  }
}

import type { Digest } from '../base/digest.ts';
import { type FindingList, Refused } from '../base/findings.ts';
import { MAX_SIGNATURE_BYTES } from '../base/limits.ts';
import { type Entry, EntryDamaged, type EntryReader } from '../bundle/entry.ts';
import type { Manifest } from '../manifest/types.ts';
import { checkComplete } from './check-complete.ts';
import type { DigestTable } from './digest-table.ts';
import { EntryOrder } from './entry-order.ts';
import { ListReader } from './read-lists.ts';
import { readManifest, readReadme } from './read-manifest.ts';
import { readPayload } from './read-payload.ts';
import { ShardReader } from './read-shards.ts';
import type { WalkItem, WalkOptions } from './walk-items.ts';
import { WalkState } from './walk-state.ts';

export type { Payload, WalkItem, WalkOptions } from './walk-items.ts';

/**
 * Reads a bundle from first to last and holds it against its own manifest: digests, counts, names,
 * order, completeness. Defects go to the findings; {@link Refused} ends the walk and is recorded, too.
 */
export class BundleWalk {
  readonly #reader: EntryReader;
  readonly #state: WalkState;
  readonly #order: EntryOrder;
  readonly #shards: ShardReader;
  readonly #lists: ListReader;
  #payloadBegan = false;

  constructor(reader: EntryReader, findings: FindingList, options: WalkOptions) {
    this.#reader = reader;
    this.#state = new WalkState(findings, options);
    this.#order = new EntryOrder(findings);
    this.#shards = new ShardReader(this.#state);
    this.#lists = new ListReader(this.#state);
  }

  get manifest(): Manifest | null {
    return this.#state.manifest;
  }

  get contents(): DigestTable {
    return this.#state.contents;
  }

  get filesProven(): number {
    return this.#state.filesProven;
  }

  get bytesProven(): number {
    return this.#state.bytesProven;
  }

  get recordsRead(): number {
    return this.#state.recordsRead;
  }

  /** Somebody has this content already, and its frame will not be read. */
  passOver(digest: Digest): void {
    const content = this.contents.find(digest);
    if (content >= 0 && this.contents.stateOf(content) === 'listed')
      this.contents.setState(content, 'passed');
    this.#state.passesOver = true;
  }

  /** It turned out that everything must be read after all. */
  passNothingOver(): void {
    this.contents.replace('passed', 'listed');
    this.#state.passesOver = false;
  }

  async *items(): AsyncGenerator<WalkItem> {
    const { findings, options } = this.#state;
    try {
      for await (const batch of this.#reader.batches()) {
        options.signal?.throwIfAborted();
        yield* this.#itemsOf(batch);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      findings.add(error.finding);
      this.#state.check.comparable = false;
    }
    if (this.#began) yield* this.#payloadBegins();
    await options.settle?.();
    if (this.#began && !findings.refused) checkComplete(this.#state);
  }

  /** Photos that stand next to each other are taken together. */
  async *#itemsOf(batch: readonly Entry[]): AsyncGenerator<WalkItem> {
    for (let at = 0; at < batch.length; ) {
      const photos = photosFrom(batch, at);
      yield* this.#item(batch[at]!, photos);
      at += Math.max(1, photos.length);
    }
  }

  /** Damage costs the entry it is in, nothing else. `photos` are the entry and those next to it, where it is one. */
  async *#item(entry: Entry, photos: readonly Entry[]): AsyncGenerator<WalkItem> {
    if (!this.#order.isOpen && entry.kind !== 'manifest') yield* this.#withoutManifest(entry);
    this.#order.check(entry);
    try {
      yield* this.#dispatch(entry, photos);
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      this.#state.check.comparable = false;
      if (entry.kind === 'records' || entry.kind === 'authors') this.#state.shardsLost = true;
    }
  }

  /** The first entry that can be read is another: damage has cost the manifest. */
  async *#withoutManifest(entry: Entry): AsyncGenerator<WalkItem> {
    const { lostHead = 'refuse' } = this.#state.options;
    if (lostHead === 'refuse') return;
    const standIn = lostHead === 'report' ? null : await lostHead();
    if (lostHead !== 'report' && standIn === null) return;
    this.#state.damage('manifest-invalid', entry.place, 'manifest.json first', entry.name);
    this.#order.begin();
    if (standIn === null) {
      this.#state.headless = true;
      this.#state.shardsLost = true;
      return;
    }
    this.#state.standsIn = true;
    this.#state.manifest = standIn.manifest;
    this.#state.manifestDigest = standIn.bundleId;
    yield { kind: 'manifest', ...standIn };
  }

  /** There is something to go by: the manifest, or what stands in for it. */
  get #began(): boolean {
    return this.manifest !== null || this.#state.headless;
  }

  /** Digests of the contents that were wanted and did not come, and of those whose records are lost. */
  *lostContents(): Generator<Digest> {
    yield* this.contents.digestsIn(
      this.#state.headless && !this.#lists.isProven
        ? ['listed', 'damaged', 'proven', 'passed']
        : ['listed', 'damaged'],
    );
    yield* this.#state.nameless.digestsIn(['listed']);
  }

  /** The lost manifest's digest, as the end of the bundle states it. */
  get statedBundleId(): Digest | null {
    return this.#state.manifestDigest === '' ? null : this.#state.manifestDigest;
  }

  async *#dispatch(entry: Entry, photos: readonly Entry[]): AsyncGenerator<WalkItem> {
    switch (entry.kind) {
      case 'manifest':
        yield await readManifest(this.#state, entry);
        return this.#order.begin();
      case 'manifest-signature':
      case 'end-signature':
        await this.#state.whole(entry, MAX_SIGNATURE_BYTES);
        return;
      case 'readme':
        return await readReadme(this.#state, entry);
      case 'records':
      case 'authors':
        return yield* this.#shards.read(entry, entry.kind);
      case 'payload':
        yield* this.#payloadBegins();
        return yield* readPayload(this.#state, photos);
      case 'index':
        yield* this.#payloadBegins();
        await this.#state.options.settle?.();
        return yield* this.#lists.readIndex(entry);
      case 'sums':
        await this.#state.options.settle?.(); // damage may have cost the index
        return await this.#lists.readSums(entry);
      case 'end':
        return await this.#lists.readEnd(entry);
    }
  }

  *#payloadBegins(): Generator<WalkItem> {
    if (this.#payloadBegan) return;
    this.#payloadBegan = true;
    if (!this.#state.findings.refused && this.manifest !== null) this.#shards.finish();
    yield { kind: 'payload-begins' };
  }
}

/** The entries from here on that are photos, up to the first that is none. */
function photosFrom(batch: readonly Entry[], start: number): readonly Entry[] {
  let end = start;
  while (batch[end]?.kind === 'payload') end += 1;
  return start === 0 && end === batch.length ? batch : batch.slice(start, end);
}

import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '../base/digest.ts';
import { type Finding, type FindingCode, type FindingList, type Place, Refused } from '../base/findings.ts';
import {
  MAX_END_BYTES, MAX_LINE_BYTES, MAX_MANIFEST_BYTES, MAX_README_BYTES, MAX_SHARD_BYTES, MAX_SIGNATURE_BYTES,
} from '../base/limits.ts';
import { type Entry, EntryDamaged, type EntryReader, readWhole } from '../bundle/entry.ts';
import { ENTRY_ORDER, type EntryKind, payloadDigest } from '../bundle/entry-names.ts';
import { isPackedLine } from '../manifest/lines.ts';
import { parseAuthor, parseEnd, parseIndexLine, parseManifest, parseRecord } from '../manifest/parse.ts';
import { linesOf } from '../manifest/shards.ts';
import {
  type AuthorRecord, FORMAT_VERSION, type ImageRecord, type IndexLine, KNOWN_CAPABILITIES, type Manifest, type OmittedLine, type Shard,
} from '../manifest/types.ts';
import { DigestTable } from './digest-table.ts';
import { IndexCheck } from './index-check.ts';
import { EntryLines } from './entry-lines.ts';

/** What passes by, in the order of the bundle; everything in it is proven but a payload's content. */
export type WalkItem =
  | { readonly kind: 'manifest'; readonly manifest: Manifest; readonly bundleId: Digest }
  /** One shard; a record that was refused is null, so that ordinals stay right. */
  | { readonly kind: 'records'; readonly first: number; readonly records: readonly (ImageRecord | null)[] }
  | { readonly kind: 'authors'; readonly authors: readonly AuthorRecord[] }
  /** The last shard of records and authors has passed. */
  | { readonly kind: 'payload-begins' }
  | { readonly kind: 'payload'; readonly payload: Payload }
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
  /**
   * Leaves the proof to the caller, who hashes the content elsewhere and tells what was found before
   * {@link WalkOptions.settle} resolves. Answers whether it is what its name says.
   */
  takeOver(): (found: Digest) => boolean;
}

export interface WalkOptions {
  /** Payload that nobody proved is read and proven all the same: verify. Otherwise it is passed over. */
  readonly proveAll: boolean;
  /** Resolves when all proofs that were taken over have been told; waited for before the lists are checked. */
  readonly settle?: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a bundle from first to last and holds it against its own manifest: digests, counts, names,
 * order, completeness. Defects go to the findings; {@link Refused} ends the walk and is recorded, too.
 */
export class BundleWalk {
  manifest: Manifest | null = null;
  readonly contents = new DigestTable();
  filesProven = 0;
  bytesProven = 0;
  recordsRead = 0;

  readonly #reader: EntryReader;
  readonly #findings: FindingList;
  readonly #options: WalkOptions;
  readonly #check = new IndexCheck();
  #manifestDigest: Digest = '';
  #order = 0;
  readonly #nextShard = { records: 0, authors: 0 };
  #shardsLost = false;
  #payloadBegan = false;
  readonly #located = new Map<EntryKind, { digest: Digest; size: number; offset: number | null }>();

  constructor(reader: EntryReader, findings: FindingList, options: WalkOptions) {
    this.#reader = reader;
    this.#findings = findings;
    this.#options = options;
  }

  /** Somebody has this content already, and its frame will not be read. */
  passOver(digest: Digest): void {
    if (this.contents.get(digest)?.state === 'listed') this.contents.set(digest, 'passed');
    this.#check.comparable = false;
  }

  async *items(): AsyncGenerator<WalkItem> {
    try {
      for await (const entry of this.#reader.entries()) {
        this.#options.signal?.throwIfAborted();
        yield* this.#item(entry);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#findings.add(error.finding);
      this.#check.comparable = false;
    }
    if (this.manifest) yield* this.#payloadBegins();
    await this.#options.settle?.();
    if (this.manifest && !this.#findings.refused) this.#checkComplete();
  }

  /** Damage costs the entry it is in, nothing else. */
  async *#item(entry: Entry): AsyncGenerator<WalkItem> {
    this.#checkOrder(entry);
    try {
      yield* this.#dispatch(entry);
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      this.#check.comparable = false;
      if (entry.kind === 'records' || entry.kind === 'authors') this.#shardsLost = true;
    }
  }

  async *#dispatch(entry: Entry): AsyncGenerator<WalkItem> {
    switch (entry.kind) {
      case 'manifest':
        yield await this.#readManifest(entry);
        return;
      case 'manifest-signature':
      case 'end-signature':
        await this.#whole(entry, MAX_SIGNATURE_BYTES);
        return;
      case 'readme':
        return await this.#readReadme(entry);
      case 'records':
      case 'authors':
        yield* this.#readShard(entry, entry.kind);
        return;
      case 'payload':
        yield* this.#payloadBegins();
        yield* this.#readPayload(entry);
        return;
      case 'index':
        yield* this.#payloadBegins();
        await this.#options.settle?.();
        yield* this.#readIndex(entry);
        return;
      case 'sums':
        return await this.#readSums(entry);
      case 'end':
        return await this.#readEnd(entry);
    }
  }

  #checkOrder(entry: Entry): void {
    const order = ENTRY_ORDER.indexOf(entry.kind);
    if (this.manifest === null && entry.kind !== 'manifest') {
      const code: FindingCode = this.#findings.damaged > 0 ? 'manifest-invalid' : 'not-a-bundle';
      throw new Refused(code, entry.place, { expected: 'manifest.json first', found: entry.name });
    }
    if (order < this.#order) throw new Refused('entry-unexpected', entry.place, { expected: 'the order of the format', found: entry.name });
    const single = !['records', 'authors', 'payload'].includes(entry.kind);
    if (order === this.#order && single && (order > 0 || this.manifest !== null)) {
      throw new Refused('entry-duplicate', entry.place, { expected: `${entry.name} once`, found: 'twice' });
    }
    this.#order = order;
  }

  async #readManifest(entry: Entry): Promise<WalkItem> {
    const bytes = await this.#whole(entry, MAX_MANIFEST_BYTES);
    const { value, problem } = parseManifest(bytes);
    if (problem !== null) throw this.#refuseManifest(entry, bytes, problem);
    checkVersion(value, entry.place);
    this.manifest = value;
    this.#manifestDigest = digestOf(bytes);
    return { kind: 'manifest', manifest: value, bundleId: this.#manifestDigest };
  }

  /** A manifest of a later version may fit no schema of ours: its version is what to tell. */
  #refuseManifest(entry: Entry, bytes: Buffer, problem: string): Refused {
    const version = /"version"\s*:\s*(\d{1,9})/.exec(bytes.toString('latin1', 0, 4096))?.[1];
    if (version !== undefined && Number(version) > FORMAT_VERSION) {
      return new Refused('unsupported-version', entry.place, { expected: `version ${FORMAT_VERSION}`, found: `version ${version}` });
    }
    return new Refused('manifest-invalid', entry.place, { expected: 'a manifest that fits the schema', found: problem });
  }

  async #readReadme(entry: Entry): Promise<void> {
    const bytes = await this.#whole(entry, MAX_README_BYTES);
    const expected = this.manifest!.readme.digest;
    if (digestOf(bytes) !== expected) this.#damage('shard-digest-mismatch', entry.place, expected, digestOf(bytes));
  }

  async *#readShard(entry: Entry, kind: 'records' | 'authors'): AsyncGenerator<WalkItem> {
    const shard = this.#expectShard(entry, kind);
    const bytes = await this.#whole(entry, MAX_SHARD_BYTES);
    if (digestOf(bytes) !== shard.digest) {
      this.#damage('shard-digest-mismatch', entry.place, shard.digest, digestOf(bytes));
      this.#shardsLost = true;
      return;
    }
    if (kind === 'records') yield this.#records(entry, shard, bytes);
    else yield this.#authors(entry, bytes);
  }

  /** Shards come as the manifest lists them; those passed over were lost to damage. */
  #expectShard(entry: Entry, kind: 'records' | 'authors'): Shard {
    const shards = this.manifest![kind];
    const at = shards.findIndex((shard) => shard.path === entry.name);
    if (at < 0) throw new Refused('entry-unexpected', entry.place, { expected: 'a shard that the manifest lists', found: entry.name });
    if (at < this.#nextShard[kind]) throw new Refused('entry-duplicate', entry.place, { expected: 'each shard once', found: entry.name });
    this.#lostShards(kind, at);
    this.#nextShard[kind] = at + 1;
    return shards[at]!;
  }

  #lostShards(kind: 'records' | 'authors', before: number): void {
    for (const shard of this.manifest![kind].slice(this.#nextShard[kind], before)) {
      this.#damage('file-missing', { entry: shard.path }, `${shard.count} lines`, 'nothing');
      this.#shardsLost = true;
    }
    this.#nextShard[kind] = Math.max(this.#nextShard[kind], before);
  }

  #records(entry: Entry, shard: Shard, bytes: Buffer): WalkItem {
    const before = this.manifest!.records.slice(0, this.#nextShard.records - 1);
    const first = before.reduce((sum, earlier) => sum + earlier.count, 0);
    const records: (ImageRecord | null)[] = [];
    for (const line of linesOf(bytes)) records.push(this.#record(entry, line, records.length + 1));
    if (records.length !== shard.count) {
      this.#damage('record-invalid', entry.place, `${shard.count} lines`, `${records.length} lines`);
      records.length = Math.min(records.length, shard.count);
    }
    this.recordsRead += records.length;
    return { kind: 'records', first, records };
  }

  #record(entry: Entry, bytes: Buffer, line: number): ImageRecord | null {
    const { value, problem } = bytes.length > MAX_LINE_BYTES ? { value: null, problem: 'line too long' } : parseRecord(bytes);
    const where = { ...entry.place, line };
    if (problem !== null) {
      this.#damage('record-invalid', where, 'a record that fits the schema', problem);
      return null;
    }
    const { file } = value;
    if (file === undefined) return value;
    const listed = this.contents.list(file.digest, file.size);
    if (listed === file.size) return value;
    this.#damage('record-invalid', where, `size ${listed}, as in an earlier record of this content`, `size ${file.size}`);
    return null;
  }

  #authors(entry: Entry, bytes: Buffer): WalkItem {
    const authors: AuthorRecord[] = [];
    let line = 0;
    for (const text of linesOf(bytes)) {
      line += 1;
      const { value, problem } = parseAuthor(text);
      if (problem === null) authors.push(value);
      else this.#damage('record-invalid', { ...entry.place, line }, 'an author that fits the schema', problem);
    }
    return { kind: 'authors', authors };
  }

  *#payloadBegins(): Generator<WalkItem> {
    if (this.#payloadBegan) return;
    this.#payloadBegan = true;
    if (!this.#findings.refused) {
      this.#lostShards('records', this.manifest!.records.length);
      this.#lostShards('authors', this.manifest!.authors.length);
    }
    yield { kind: 'payload-begins' };
  }

  async *#readPayload(entry: Entry): AsyncGenerator<WalkItem> {
    const digest = payloadDigest(entry.name)!;
    const content = this.contents.get(digest);
    if (content === null) return this.#unlisted(entry);
    if (content.state !== 'listed' && content.state !== 'passed') {
      throw new Refused('entry-duplicate', entry.place, { expected: 'each content once', found: entry.name });
    }
    this.contents.set(digest, 'damaged');
    if (content.size !== entry.size) {
      this.#damage('file-size-mismatch', entry.place, `${content.size} bytes`, `${entry.size} bytes`);
      return;
    }
    let answer: Promise<boolean> | null = null;
    const prove: Payload['prove'] = (consume) => {
      answer ??= this.#prove(entry, digest, consume);
      return answer;
    };
    let takenOver = false;
    const takeOver = () => {
      takenOver = true;
      this.#expect(entry, digest);
      return (found: Digest) => this.#conclude(entry, digest, found);
    };
    yield { kind: 'payload', payload: { digest, size: entry.size, place: entry.place, prove, whole: entry.whole, takeOver } };
    if (takenOver) return;
    if (answer !== null || this.#options.proveAll) await prove();
    else {
      this.contents.set(digest, 'passed');
      this.#check.comparable = false;
    }
  }

  #unlisted(entry: Entry): void {
    if (this.#shardsLost) return; // its record was in what is lost
    this.#damage('entry-unexpected', entry.place, 'content that a record names', entry.name);
  }

  async #prove(entry: Entry, digest: Digest, consume: ((piece: Buffer) => void | Promise<void>) | undefined): Promise<boolean> {
    const hash = createHash('sha256');
    try {
      for await (const piece of entry.whole ? [entry.whole] : entry.pieces()) {
        this.#options.signal?.throwIfAborted();
        hash.update(piece);
        const pending = consume?.(piece);
        if (pending) await pending;
      }
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      this.#check.comparable = false;
      return false;
    }
    this.#expect(entry, digest);
    return this.#conclude(entry, digest, hash.digest('hex'));
  }

  /** What the lists must say of an entry, noted in the order of the bundle. */
  #expect(entry: Entry, digest: Digest): void {
    this.#check.saw(entry.name, digest);
    this.#check.packed({ path: entry.name, digest, size: entry.size, offset: entry.tarOffset ?? -1 });
    if (entry.tarOffset === null) this.#check.comparable = false;
  }

  #conclude(entry: Entry, digest: Digest, found: Digest): boolean {
    if (found !== digest) {
      this.#damage('file-digest-mismatch', entry.place, digest, found);
      return false;
    }
    this.contents.set(digest, 'proven');
    this.filesProven += 1;
    this.bytesProven += entry.size;
    return true;
  }

  async *#readIndex(entry: Entry): AsyncGenerator<WalkItem> {
    const lines = new EntryLines(entry);
    for await (const { bytes, number } of lines.lines()) {
      const { value, problem } = parseIndexLine(bytes);
      const where = { entry: entry.name, line: number };
      if (problem !== null) {
        this.#damage('index-wrong', where, 'a line that fits the schema', problem);
        continue;
      }
      this.#check.listed(value);
      this.#checkIndexLine(value, where);
      if (!isPackedLine(value)) yield { kind: 'omitted', line: value };
    }
    this.#locate(entry, lines.digest());
    if (this.#check.comparable && !this.#check.indexAgrees()) {
      this.#damage('index-wrong', entry.place, 'the payload files as they came', 'others, or another order');
    }
  }

  #checkIndexLine(line: IndexLine, where: Place): void {
    const content = line.digest === undefined ? null : this.contents.get(line.digest);
    if (isPackedLine(line)) {
      const known = content !== null || this.#shardsLost;
      if (!known) this.#damage('index-wrong', where, 'content that a record names', line.digest);
      return;
    }
    if (content?.state === 'proven') this.#damage('index-wrong', where, 'an omitted file', 'one that is here');
    if (content?.state === 'listed') this.contents.set(line.digest!, 'omitted');
    this.#findings.add({
      code: 'file-omitted',
      gravity: 'omission',
      where,
      expected: line.digest ?? line.url ?? 'a file',
      found: line.detail === undefined ? line.omitted : `${line.omitted}: ${line.detail}`,
    });
  }

  async #readSums(entry: Entry): Promise<void> {
    const digest = await digestOfEntry(entry);
    this.#locate(entry, digest);
    if (!this.#check.comparable) return;
    const expected = this.#check.expectedSums();
    if (digest !== expected) this.#damage('index-wrong', entry.place, 'a SHA256SUMS of the files as they came', 'another');
  }

  #locate(entry: Entry, digest: Digest): void {
    this.#located.set(entry.kind, { digest, size: entry.size, offset: entry.tarOffset });
    if (entry.kind === 'index') this.#check.saw(entry.name, digest);
  }

  async #readEnd(entry: Entry): Promise<void> {
    const bytes = await this.#whole(entry, MAX_END_BYTES);
    const { value, problem } = parseEnd(bytes);
    if (problem !== null) return this.#damage('index-wrong', entry.place, 'an end.json that fits the schema', problem);
    if (value.manifest !== this.#manifestDigest) {
      this.#damage('index-wrong', entry.place, `manifest ${this.#manifestDigest}`, `manifest ${value.manifest}`);
    }
    for (const [kind, stated] of [['index', value.index], ['sums', value.sums]] as const) {
      const found = this.#located.get(kind);
      if (found === undefined) {
        this.#damage('file-missing', { entry: kind === 'index' ? 'index.jsonl' : 'SHA256SUMS' }, 'the entry', 'nothing');
      } else if (found.digest !== stated.digest || found.size !== stated.size || (found.offset !== null && found.offset !== stated.offset)) {
        this.#damage('index-wrong', entry.place, `${kind} with digest ${stated.digest} at ${stated.offset}`, `${found.digest} at ${found.offset}`);
      }
    }
    const proven = this.contents.countIn('proven') + this.contents.countIn('passed');
    if (this.#findings.damaged === 0 && value.files !== proven) {
      this.#damage('index-wrong', entry.place, `${value.files} files`, `${proven} files`);
    }
  }

  /** Complete means that everything the manifest and the records name has come, or was said to be left out. */
  #checkComplete(): void {
    const missing = this.contents.countIn('listed');
    if (missing > 0) this.#damage('file-missing', {}, `${this.contents.count} files`, `${missing} of them neither packed nor omitted`);
    const { totals } = this.manifest!;
    if (this.#shardsLost || this.#findings.has('record-invalid')) return;
    if (totals.files !== this.contents.count) this.#damage('manifest-invalid', { entry: 'manifest.json' }, `${totals.files} files`, `records name ${this.contents.count}`);
  }

  async #whole(entry: Entry, limit: number): Promise<Buffer> {
    if (entry.size > limit) {
      throw new Refused('limit-exceeded', entry.place, { expected: `at most ${limit} bytes`, found: `${entry.size} bytes` });
    }
    const bytes = await readWhole(entry, limit);
    if (bytes === null) throw new EntryDamaged(entry.name);
    if (entry.kind !== 'end' && entry.kind !== 'end-signature') this.#check.saw(entry.name, digestOf(bytes));
    return bytes;
  }

  #damage(code: FindingCode, where: Place, expected: string, found: string): void {
    const finding: Finding = { code, gravity: 'damage', where, expected, found };
    this.#check.comparable = false;
    this.#findings.add(finding);
  }
}

function checkVersion(manifest: Manifest, place: Place): void {
  const { version, capabilities } = manifest.format;
  if (version > FORMAT_VERSION) {
    throw new Refused('unsupported-version', place, { expected: `version ${FORMAT_VERSION}`, found: `version ${version}` });
  }
  const unknown = capabilities.find((capability) => !KNOWN_CAPABILITIES.includes(capability));
  if (unknown !== undefined) throw new Refused('missing-capability', place, { expected: 'capabilities that this program has', found: unknown });
}

async function digestOfEntry(entry: Entry): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const piece of entry.pieces()) hash.update(piece);
  return hash.digest('hex');
}

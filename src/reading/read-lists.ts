import type { Digest } from '../base/digest.ts';
import type { Place } from '../base/findings.ts';
import { MAX_END_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';
import { isPackedLine } from '../manifest/lines.ts';
import { parseEnd, parseIndexLine } from '../manifest/parse.ts';
import type { End, IndexLine, OmittedLine } from '../manifest/types.ts';
import { EntryLines } from './entry-lines.ts';
import { readSums } from './tail.ts';
import type { WalkItem } from './walk-items.ts';
import type { WalkState } from './walk-state.ts';

interface Located {
  readonly digest: Digest;
  readonly size: number;
  readonly offset: number | null;
}

/** Reads index.jsonl, SHA256SUMS and end.json, and holds them against what came before them. */
export class ListReader {
  readonly #state: WalkState;
  #index: Located | null = null;
  #sums: Located | null = null;
  #documents: ReadonlyMap<string, Digest> = new Map();

  constructor(state: WalkState) {
    this.#state = state;
  }

  async *readIndex(entry: Entry): AsyncGenerator<WalkItem> {
    const lines = new EntryLines(entry, this.#state.listsComparable ? this.#state.check.expectation() : null);
    for await (const { some, first } of lines.batches()) {
      for (const [at, bytes] of some.entries()) {
        const { value, problem } = parseIndexLine(bytes);
        const where = { entry: entry.name, line: first + at };
        if (problem !== null) {
          this.#state.damage('index-wrong', where, 'a line that fits the schema', problem);
          continue;
        }
        this.#checkLine(value, where);
        if (!isPackedLine(value)) yield { kind: 'omitted', line: value };
      }
    }
    this.#index = locate(entry, lines.digest());
    this.#state.check.saw(entry.name, this.#index.digest);
    if (this.#state.listsComparable && !this.#state.check.indexAgrees()) {
      this.#state.damage(
        'index-wrong',
        entry.place,
        'the payload files as they came',
        'others, or another order',
      );
    }
  }

  /** Without a manifest: the end of the bundle has proven the shards that came. */
  isProven = false;

  async readSums(entry: Entry): Promise<void> {
    const { digest, documents } = await readSums(entry, this.#state.headless);
    this.#documents = documents;
    this.#sums = locate(entry, digest);
    if (!this.#state.listsComparable || digest === this.#state.check.expectedSums()) return;
    this.#state.damage('index-wrong', entry.place, 'a SHA256SUMS of the files as they came', 'another');
  }

  async readEnd(entry: Entry): Promise<void> {
    const { bytes } = await this.#state.whole(entry, MAX_END_BYTES);
    const { value, problem } = parseEnd(bytes);
    if (problem !== null) {
      return this.#state.damage('index-wrong', entry.place, 'an end.json that fits the schema', problem);
    }
    if (this.#state.headless) return this.#proveShards(value);
    const { manifestDigest } = this.#state;
    if (value.manifest !== manifestDigest && !this.#state.standsIn) {
      const [expected, found] = [`manifest ${manifestDigest}`, `manifest ${value.manifest}`];
      this.#state.damage('index-wrong', entry.place, expected, found);
    }
    this.#compare(entry, 'index.jsonl', value.index, this.#index);
    this.#compare(entry, 'SHA256SUMS', value.sums, this.#sums);
    this.#checkCount(entry, value);
  }

  /** end.json proves SHA256SUMS, and that the shards: what the manifest would have done. */
  #proveShards(end: End): void {
    this.#state.manifestDigest = end.manifest;
    if (this.#sums?.digest !== end.sums.digest) {
      return this.#state.damage(
        'index-wrong',
        { entry: 'SHA256SUMS' },
        `digest ${end.sums.digest}`,
        this.#sums?.digest ?? 'nothing',
      );
    }
    this.isProven = true;
    for (const [entry, digest] of this.#documents) {
      const found = this.#state.unproven.get(entry);
      if (!/^(records|authors)\//.test(entry) || found === digest) continue;
      if (found === undefined) this.#state.damage('file-missing', { entry }, 'the shard', 'nothing');
      else this.#state.damage('shard-digest-mismatch', { entry }, digest, found);
    }
  }

  #checkLine(line: IndexLine, where: Place): void {
    this.#state.check.listed(line);
    if (!isPackedLine(line)) return this.#checkOmission(line, where);
    if (this.#state.contents.find(line.digest) >= 0) return;
    if (this.#state.shardsLost) {
      this.#state.nameless.list(line.digest, line.size);
      return;
    }
    this.#state.damage('index-wrong', where, 'content that a record names', line.digest);
  }

  #checkOmission(line: OmittedLine, where: Place): void {
    const { contents } = this.#state;
    const content = line.digest === undefined ? -1 : contents.find(line.digest);
    const state = content < 0 ? null : contents.stateOf(content);
    if (state === 'proven') {
      this.#state.damage('index-wrong', where, 'an omitted file', 'one that is here');
    }
    if (state === 'listed') contents.setState(content, 'omitted');
    this.#state.findings.add({
      code: 'file-omitted',
      gravity: 'omission',
      where,
      expected: line.digest ?? line.url ?? 'a file',
      found: line.detail === undefined ? line.omitted : `${line.omitted}: ${line.detail}`,
    });
  }

  #compare(end: Entry, name: string, stated: End['index'], found: Located | null): void {
    if (found === null) return this.#state.damage('file-missing', { entry: name }, 'the entry', 'nothing');
    const same = found.digest === stated.digest && found.size === stated.size;
    if (same && (found.offset === null || found.offset === stated.offset)) return;
    const expected = `${name} with digest ${stated.digest} at ${stated.offset}`;
    this.#state.damage('index-wrong', end.place, expected, `${found.digest} at ${found.offset}`);
  }

  #checkCount(end: Entry, { files }: End): void {
    const { contents, findings } = this.#state;
    const found = contents.countIn('proven') + contents.countIn('passed');
    if (findings.damaged > 0 || files === found) return;
    this.#state.damage('index-wrong', end.place, `${files} files`, `${found} files`);
  }
}

function locate(entry: Entry, digest: Digest): Located {
  return { digest, size: entry.size, offset: entry.tarOffset };
}

import { asBundleError, BundleError } from '../base/errors.ts';
import { FindingList } from '../base/findings.ts';
import { PackedReader } from '../bundle/packed-reader.ts';
import { parseIndexLine } from '../manifest/parse.ts';
import type { AuthorRecord, End, ImageRecord, IndexLine, Shard } from '../manifest/types.ts';
import { BundleWalk, type WalkItem } from '../reading/bundle-walk.ts';
import { EntryLines } from '../reading/entry-lines.ts';
import { type OpenedBundle, openBundle } from '../reading/open-bundle.ts';
import { stopInput } from '../reading/stop-input.ts';
import { notAcceptable } from '../reading/not-acceptable.ts';
import { HEAD_READ_AHEAD } from '../reading/read-head.ts';
import { findIndex, readEndOfFile, readEndOfFolder } from '../reading/end-of-file.ts';
import type { InspectLists, InspectOptions, InspectResult } from './types.ts';

/**
 * What a bundle says of itself, from its head and its tail: at once, whatever its size. What it
 * says of its payload is not proven by this.
 *
 * @throws BundleError `not-a-bundle`, `head-damaged` or `bundle-not-acceptable` when there is no manifest to read
 */
export async function inspectBundle(options: InspectOptions): Promise<InspectResult> {
  const findings = new FindingList();
  stopInput(options.input, options.signal);
  const opened = await open(options, findings);
  try {
    const walk = new BundleWalk(opened.reader, findings, { proveAll: false, signal: options.signal });
    for await (const item of walk.items()) {
      if (item.kind !== 'manifest') continue;
      const end = await readEnd(opened, findings);
      return {
        input: opened.label,
        bundleId: item.bundleId,
        bundleBytes: opened.size,
        manifest: item.manifest,
        end: end === null ? null : { files: end.files, omitted: end.omitted },
        findings: findings.listed,
      };
    }
    throw await whyNoManifest(opened, findings);
  } catch (error) {
    throw asBundleError(error, opened.label, options.signal);
  } finally {
    await opened.reader.close();
  }
}

function open(options: InspectOptions, findings: FindingList): Promise<OpenedBundle> {
  return openBundle(options.input, findings, HEAD_READ_AHEAD);
}

/** The end of a file may tell that it is a bundle, whatever its beginning looks like. */
async function whyNoManifest({ label, source }: OpenedBundle, { listed }: FindingList): Promise<BundleError> {
  const error = notAcceptable(label, listed);
  if (error.code !== 'not-a-bundle' || source === null || (await readEndOfFile(source)) === null)
    return error;
  return new BundleError('head-damaged', { params: error.params, findings: listed });
}

/** end.json from the tail; a finding, not an error, when a file has none. */
async function readEnd(opened: OpenedBundle, findings: FindingList): Promise<End | null> {
  if (opened.source === null)
    return typeof opened.size === 'number' ? null : await readEndOfFolder(opened.label);
  const end = await readEndOfFile(opened.source);
  if (end === null) {
    const where = { offset: opened.source.size };
    findings.add({
      code: 'truncated',
      gravity: 'damage',
      where,
      expected: 'end.json and the seek table',
      found: 'neither',
    });
  }
  return end;
}

/**
 * The long lists of a bundle, one item at a time. Each starts from the head of the input, so a
 * stream has only one to give. A list that damage has made shorter ends with an error.
 *
 * @throws BundleError `not-a-bundle` or `bundle-not-acceptable`, behind what could be listed
 */
export async function listBundle(
  options: InspectOptions,
): Promise<InspectLists & { close(): Promise<void> }> {
  const opened: OpenedBundle[] = [];
  const listed = async function* <Item>(
    pick: (items: AsyncGenerator<WalkItem>) => AsyncGenerator<Item>,
  ): AsyncGenerator<Item> {
    const findings = new FindingList();
    const bundle = await open(options, findings);
    opened.push(bundle);
    const walk = new BundleWalk(bundle.reader, findings, { proveAll: false, signal: options.signal });
    yield* pick(walk.items());
    if (findings.refused || findings.damaged > 0) throw notAcceptable(bundle.label, findings.listed);
  };
  return {
    records: () => listed(records),
    authors: () => listed(authors),
    files: () => files(options, opened),
    close: async () => {
      for (const bundle of opened) await bundle.reader.close().catch(() => {});
    },
  };
}

/** Stops behind the last line that the manifest promises: what follows is payload, megabytes at a time. */
async function* records(items: AsyncGenerator<WalkItem>): AsyncGenerator<ImageRecord> {
  let left = Number.POSITIVE_INFINITY;
  for await (const item of items) {
    if (item.kind === 'manifest') left = linesOf(item.manifest.records);
    if (item.kind === 'records') {
      for (const record of item.shard) if (record !== null) yield record;
      left -= item.shard.count;
    }
    if (left <= 0 || item.kind === 'authors' || item.kind === 'payload-begins') return;
  }
}

async function* authors(items: AsyncGenerator<WalkItem>): AsyncGenerator<AuthorRecord> {
  let left = Number.POSITIVE_INFINITY;
  for await (const item of items) {
    if (item.kind === 'manifest') left = linesOf(item.manifest.authors);
    if (item.kind === 'authors') {
      yield* item.authors;
      left -= item.authors.length;
    }
    if (left <= 0 || item.kind === 'payload-begins') return;
  }
}

const linesOf = (shards: readonly Shard[]) => shards.reduce((sum, shard) => sum + shard.count, 0);

/** The index, found through the seek table where there is one, else by reading up to it. */
async function* files(options: InspectOptions, opened: OpenedBundle[]): AsyncGenerator<IndexLine> {
  const findings = new FindingList();
  const bundle = await open(options, findings);
  opened.push(bundle);
  await jumpToIndex(bundle);
  for await (const entry of bundle.reader.entries()) {
    if (entry.kind !== 'index') continue;
    for await (const { some } of new EntryLines(entry).batches()) {
      for (const line of some) {
        const { value } = parseIndexLine(line);
        if (value !== null) yield value;
      }
    }
    return;
  }
  if (findings.total === 0)
    findings.add({ code: 'truncated', gravity: 'damage', where: {}, expected: 'index.jsonl', found: 'none' });
  throw notAcceptable(bundle.label, findings.listed);
}

async function jumpToIndex(bundle: OpenedBundle): Promise<void> {
  if (bundle.source === null || !(bundle.reader instanceof PackedReader)) return;
  const found = await findIndex(bundle.source);
  if (found !== null) bundle.reader.skip = (number) => (number < found.start.number ? found.start : null);
}

import { createHash } from 'node:crypto';
import { breathe } from '../base/breathe.ts';
import { canonicalDocument, canonicalLine } from '../base/canonical-json.ts';
import { type Digest, digestOf } from '../base/digest.ts';
import type { Observer } from '../base/events.ts';
import { BundleWriter } from '../bundle/bundle-writer.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import { payloadExtension, payloadName, shardName } from '../bundle/entry-names.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import { packedText, sumsLine } from '../manifest/lines.ts';
import type { End, IndexLine, Located, OmissionReason } from '../manifest/types.ts';
import type { Crew } from './crew.ts';
import type { PackLog } from './pack-log.ts';
import { PackPipeline, type ReadyFrame } from './pack-pipeline.ts';
import { packPayload } from './pack-payload.ts';
import type { PackStep } from './pack-progress.ts';
import type { Omission, Written } from './planned.ts';
import type { PackedFile, PlanVolume } from './plan-volume.ts';
import { README_TEXT } from './readme-text.ts';

/** What the record of an image takes, as bytes of other work. */
const RECORD_BYTES = 1024;

/** Digests in hexadecimal digits: each digit shrinks to half, and a search for repetitions only finds bad ones. */
const LIST_LEVEL = 1;

export interface WriteOptions {
  readonly mtime: number;
  /** zstd level of everything that is JSON or text. */
  readonly level: number;
  /** zstd level of payload that shrinks at all; null for what suits its bytes. */
  readonly payloadLevel: number | null;
  readonly crew: Crew;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
  /** Where each step is noted, so that a later run can go on behind it. */
  readonly log?: PackLog;
  /** What an earlier run has written already. */
  readonly step?: PackStep | null;
}

/** Writes a whole bundle, in the order of docs/format.md, from what is planned for it. */
export async function writeBundle(
  volume: PlanVolume,
  sink: ByteSink,
  options: WriteOptions,
): Promise<Written> {
  const { log, step = null } = options;
  const counted = new CountingSink(sink, step?.position ?? 0);
  const writer = new BundleWriter(
    counted,
    options.mtime,
    step === null ? undefined : volume.progress.frameLengths(),
  );
  const coding: Coding = { kind: 'compressed', level: options.level };
  const manifestBytes = Buffer.from(canonicalDocument(volume.manifest));
  const { records, bytes } = volume.totals();
  const pipeline = new PackPipeline(options.crew.forWork(bytes + records * RECORD_BYTES));
  if (step === null)
    await writeHead(volume, writer, { pipeline, coding, mtime: options.mtime }, manifestBytes);
  if (step === null) await log?.note(0, writer);
  options.observer({ type: 'phase', phase: 'pack', total: bytes, unit: 'bytes' });
  await packPayload(volume, writer, pipeline, {
    ...options,
    coding: { kind: 'auto', level: options.payloadLevel },
  });
  const listCoding: Coding = { kind: 'compressed', level: Math.min(options.level, LIST_LEVEL) };
  const end = await writeLists(volume, writer, manifestBytes, listCoding);
  await writer.end('end.json', Buffer.from(canonicalDocument(end)));
  options.signal?.throwIfAborted();
  options.observer({ type: 'phase', phase: 'sync' });
  const written = { bundleId: digestOf(manifestBytes), bundleBytes: counted.bytes };
  await log?.settle(written);
  await sink.finish();
  return written;
}

interface HeadParts {
  readonly pipeline: PackPipeline;
  readonly coding: Coding;
  readonly mtime: number;
}

/** Every entry of the head is a frame of its own; threads make them ready while earlier ones are written. */
async function writeHead(
  volume: PlanVolume,
  writer: BundleWriter,
  { pipeline, coding, mtime }: HeadParts,
  manifest: Buffer,
): Promise<void> {
  const pending: Promise<ReadyFrame>[] = [];
  const append = async () => {
    const ready = await pending.shift()!;
    await writer.appendFrame(ready.frame, ready.contentBytes);
    ready.done();
  };
  try {
    for (const [name, content] of headEntries(volume, manifest)) {
      while (!pipeline.hasRoom) await append();
      const ready = pipeline.packEntry(name, content, mtime, coding);
      ready.catch(() => {}); // looked at in its turn
      pending.push(ready);
    }
    while (pending.length > 0) await append();
  } finally {
    await Promise.allSettled(pending);
  }
}

function* headEntries(volume: PlanVolume, manifest: Buffer): Generator<readonly [string, Buffer]> {
  yield ['manifest.json', manifest];
  yield ['README.txt', Buffer.from(README_TEXT)];
  for (const kind of ['records', 'authors'] as const) {
    for (const { number, content } of volume.shards(kind)) yield [shardName(kind, number), content];
  }
}

async function writeLists(
  volume: PlanVolume,
  writer: BundleWriter,
  manifestBytes: Buffer,
  coding: Coding,
): Promise<End> {
  const sizes = await listSizes(volume, manifestBytes);
  const index = await writeLines(writer, 'index.jsonl', sizes.index, indexLines(volume), coding);
  const sums = await writeLines(
    writer,
    'SHA256SUMS',
    sizes.sums,
    sumsLines(volume, manifestBytes, index.digest),
    coding,
  );
  return {
    manifest: digestOf(manifestBytes),
    index,
    sums,
    files: volume.packedTotals().files,
    omitted: countOmissions(volume),
  };
}

/** Goes over everything once: tar wants the size before the content, and memory stays flat. */
async function listSizes(
  volume: PlanVolume,
  manifestBytes: Buffer,
): Promise<{ readonly index: number; readonly sums: number }> {
  let index = 0;
  let sums = Buffer.byteLength(sumsLine('index.jsonl', NO_DIGEST));
  for (const line of headSums(volume, manifestBytes)) sums += Buffer.byteLength(line);
  for (const files of volume.packed()) {
    await breathe();
    for (const { name, size, offset } of files) {
      const extension = payloadExtension(name).length;
      index += INDEX_FIXED + extension + digits(size) + digits(offset);
      sums += SUMS_FIXED + extension;
    }
  }
  for (const omission of volume.omissions()) index += Buffer.byteLength(omissionLine(omission));
  return { index, sums };
}

async function writeLines(
  writer: BundleWriter,
  name: string,
  size: number,
  lines: Generator<string>,
  coding: Coding,
): Promise<Located> {
  const offset = writer.state.tarOffset;
  const hash = createHash('sha256');
  const entry = writer.openEntry(name, size, coding);
  const write = async (text: string) => {
    const piece = Buffer.from(text);
    hash.update(piece);
    await entry.write(piece);
  };
  await inPieces(lines, write);
  await entry.close();
  return { digest: hash.digest('hex'), size, offset };
}

const PIECE_LENGTH = 64 * 1024;

async function inPieces(lines: Generator<string>, write: (text: string) => Promise<void>): Promise<void> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    await write(piece);
    await breathe();
    piece = '';
  }
  await write(piece);
}

/** What lines of files take, all of it ASCII, without their extension and their numbers. */
const NO_DIGEST: Digest = '0'.repeat(64);
const ADDED = 'bin'.length;
const SUMS_FIXED = sumsLine(payloadName(NO_DIGEST, ''), NO_DIGEST).length - ADDED;
const INDEX_FIXED =
  packedLine({ digest: NO_DIGEST, name: '', size: 0, offset: 0 }).length - ADDED - '00'.length;

/** Decimal digits of a whole number. */
function digits(number: number): number {
  let count = 1;
  for (let limit = 10; number >= limit; limit *= 10) count += 1;
  return count;
}

function* indexLines(volume: PlanVolume): Generator<string> {
  for (const files of volume.packed()) yield files.map(packedLine).join('');
  for (const omission of volume.omissions()) yield omissionLine(omission);
}

/** The line of the index that says where a file is. */
function packedLine({ digest, name, size, offset }: PackedFile): string {
  return packedText({ path: payloadName(digest, name), digest, size, offset });
}

/** The line of the index that says what was left out. */
export function omissionLine({
  reason,
  digest,
  url,
  detail,
}: Pick<Omission, 'reason' | 'digest' | 'url' | 'detail'>): string {
  const line: IndexLine = {
    omitted: reason,
    ...(digest === null ? {} : { digest }),
    ...(url === null || digest !== null ? {} : { url }),
    ...(detail === null ? {} : { detail }),
  };
  return canonicalLine(line);
}

function* sumsLines(volume: PlanVolume, manifestBytes: Buffer, indexDigest: Digest): Generator<string> {
  yield* headSums(volume, manifestBytes);
  for (const files of volume.packed())
    yield files.map(({ digest, name }) => sumsLine(payloadName(digest, name), digest)).join('');
  yield sumsLine('index.jsonl', indexDigest);
}

function* headSums(volume: PlanVolume, manifestBytes: Buffer): Generator<string> {
  yield sumsLine('manifest.json', digestOf(manifestBytes));
  yield sumsLine('README.txt', digestOf(README_TEXT));
  for (const kind of ['records', 'authors'] as const) {
    for (const { number, digest } of volume.shardFacts(kind)) yield sumsLine(shardName(kind, number), digest);
  }
}

function countOmissions(volume: PlanVolume): { [reason in OmissionReason]?: number } {
  const counts: { [reason in OmissionReason]?: number } = {};
  for (const { reason } of volume.omissions()) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Passes bytes on and counts them. */
class CountingSink implements ByteSink {
  bytes: number;
  readonly #sink: ByteSink;

  constructor(sink: ByteSink, bytes: number) {
    this.#sink = sink;
    this.bytes = bytes;
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#sink.write(bytes);
    this.bytes += bytes.length;
  }

  async truncate(length: number): Promise<boolean> {
    const done = await this.#sink.truncate(length);
    if (done) this.bytes = length;
    return done;
  }

  finish = () => this.#sink.finish();
  abandon = () => this.#sink.abandon();
}

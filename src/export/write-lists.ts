import { createHash } from 'node:crypto';
import { breathe } from '../base/breathe.ts';
import { canonicalLine } from '../base/canonical-json.ts';
import { type Digest, digestOf } from '../base/digest.ts';
import type { BundleWriter } from '../bundle/bundle-writer.ts';
import { payloadExtension, payloadName, shardName } from '../bundle/entry-names.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import { packedText, sumsLine } from '../manifest/lines.ts';
import type { End, IndexLine, Located, OmissionReason } from '../manifest/types.ts';
import type { Omission } from './planned.ts';
import type { PackedFile, PlanVolume } from './plan-volume.ts';
import { README_TEXT } from './readme-text.ts';

/** Writes index.jsonl and SHA256SUMS of a volume whose payload is written; returns what the end says of all of it. */
export async function writeLists(
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

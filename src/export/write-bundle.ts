import { canonicalDocument } from '../base/canonical-json.ts';
import { digestOf } from '../base/digest.ts';
import type { Observer } from '../base/events.ts';
import { BundleWriter } from '../bundle/bundle-writer.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import { shardName } from '../bundle/entry-names.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import type { Crew } from './crew.ts';
import type { PackLog } from './pack-log.ts';
import { PackPipeline, type ReadyFrame } from './pack-pipeline.ts';
import { packPayload } from './pack-payload.ts';
import type { PackStep } from './pack-progress.ts';
import type { Written } from './planned.ts';
import type { PlanVolume } from './plan-volume.ts';
import { README_TEXT } from './readme-text.ts';
import { writeLists } from './write-lists.ts';

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

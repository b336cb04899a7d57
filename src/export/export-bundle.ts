import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { digestOf } from '../base/digest.ts';
import { asBundleError, BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { MAX_MANIFEST_BYTES } from '../base/limits.ts';
import { freeBytes, maxFileBytes } from '../base/room.ts';
import { VERSION } from '../base/version.ts';
import { type Lock, takeLock } from '../archive/lock.ts';
import { type Archive, locate, openToRead } from '../archive/open.ts';
import { type ByteSink, StreamSink } from '../bundle/byte-sink.ts';
import { shardName } from '../bundle/entry-names.ts';
import { PART_SUFFIX, PartFile } from '../bundle/part-file.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
import { FORMAT_NAME, FORMAT_VERSION, type Manifest } from '../manifest/types.ts';
import { recordExport } from './bookkeeping.ts';
import { chooseRows } from './choose-rows.ts';
import { makePlan } from './make-plan.ts';
import type { ExportOptions, ExportResult, OmittedFile } from './options.ts';
import { PlanStore } from './plan-store.ts';
import { README_TEXT } from './readme-text.ts';
import { selectionWords } from './selection-words.ts';
import { summarize } from './summarize.ts';
import { settleSizes, survey } from './survey.ts';
import { countOmissions, type Written, writeBundle } from './write-bundle.ts';

/** What compresses is JSON: level 3 is past the point where more time saves much. */
const DEFAULT_LEVEL = 3;
const MOST_LISTED = 1000;

/**
 * Packs the selected pictures of an archive into one bundle.
 *
 * @throws BundleError when the archive or the output cannot be used; files that cannot be packed
 *   are no error: they are left out and named in the result
 */
export async function exportBundle(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  const observer = options.observer ?? silent;
  const archive = openToRead(options.db, { root: options.root, observer });
  try {
    const output = options.dryRun ? null : openOutput(options, archive);
    try {
      return await run(archive, output, options, observer, started);
    } finally {
      output?.release();
    }
  } catch (error) {
    throw asBundleError(error, typeof options.output === 'string' ? options.output : options.db);
  } finally {
    archive.close();
  }
}

/** Where the bundle goes: nothing is created at `path` before it is whole. */
interface Output {
  readonly path: string | null;
  readonly planPath: string;
  open(): Promise<ByteSink>;
  release(): void;
}

function openOutput(options: ExportOptions, archive: Archive): Output {
  if (options.output === undefined) throw new BundleError('usage', { params: { problem: 'no output is named', command: 'export' } });
  return typeof options.output === 'string' ? fileOutput(options.output, options, archive) : streamOutput(options.output);
}

function streamOutput(stream: Writable): Output {
  return { path: null, planPath: '', open: async () => new StreamSink(stream), release: () => {} };
}

function fileOutput(name: string, options: ExportOptions, archive: Archive): Output {
  const path = resolve(name);
  if (path === archive.path) throw new BundleError('output-is-input', { params: { path } });
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BundleError('option-value', { params: { option: '-o', found: name, expected: 'a file in a folder that exists' } });
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BundleError('option-value', { params: { option: '-o', found: name, expected: 'a file name; this is a folder' } });
  }
  if (existsSync(path) && !options.force) throw new BundleError('output-exists', { params: { path } });
  const lock: Lock = takeLock(`${path}.lock`, 'output-locked', path);
  const planPath = `${path}.plan`;
  rmSync(planPath, { force: true });
  const release = () => {
    rmSync(planPath, { force: true });
    lock.release();
  };
  return { path, planPath, open: () => PartFile.open(path), release };
}

async function run(archive: Archive, output: Output | null, options: ExportOptions, observer: Observer, started: number): Promise<ExportResult> {
  await chooseRows(archive, options.selection, observer, options.signal);
  await survey(archive, {
    rehash: options.rehash ?? false,
    metadataUpdates: options.metadataUpdates ?? false,
    maps: options.maps ?? [],
    observer,
    signal: options.signal,
  });
  await settleSizes(archive, options.signal);
  const plan = new PlanStore(output?.planPath ?? '');
  try {
    makePlan(archive, plan, { includePersonal: options.includePersonal ?? false, observer, signal: options.signal });
    if (plan.totals().records === 0) observer({ type: 'notice', notice: 'nothing-selected', params: {} });
    const facts = exportFacts(options);
    const written = output ? await write(archive, plan, output, options, facts, observer) : null;
    return result(archive, plan, output, options, facts, written, started);
  } finally {
    plan.close();
  }
}

interface ExportFacts {
  readonly exportId: string;
  readonly created: string;
}

function exportFacts(options: ExportOptions): ExportFacts {
  const exportId = options.exportId ?? randomBytes(8).toString('hex');
  const created = options.created ?? `${new Date().toISOString().slice(0, 19)}Z`;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(exportId)) {
    throw new BundleError('option-value', { params: { option: '--export-id', found: exportId, expected: 'up to 64 letters, digits, dots and hyphens' } });
  }
  const time = Date.parse(created);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(created) || Number.isNaN(time) || time < 0) {
    throw new BundleError('option-value', { params: { option: '--created', found: created, expected: 'a time such as 2026-03-14T10:15:00Z' } });
  }
  return { exportId, created };
}

async function write(archive: Archive, plan: PlanStore, output: Output, options: ExportOptions, facts: ExportFacts, observer: Observer): Promise<Written> {
  const manifest = makeManifest(archive, plan, options, facts);
  if (Buffer.byteLength(JSON.stringify(manifest, null, 2)) > MAX_MANIFEST_BYTES) {
    throw new BundleError('usage', { params: { problem: 'Too many pictures for one bundle; choose fewer with filters.', command: 'export' } });
  }
  if (output.path !== null) checkRoom(plan, output.path);
  const sink = await output.open();
  let written: Written;
  try {
    const mtime = Math.floor(Date.parse(facts.created) / 1000);
    written = await writeBundle(plan, manifest, sink, { mtime, level: options.level ?? DEFAULT_LEVEL, observer, signal: options.signal });
  } catch (error) {
    await sink.abandon();
    if (output.path !== null) rmSync(output.path + PART_SUFFIX, { force: true });
    throw error;
  }
  await recordExport(plan, {
    db: locate(options.db), root: archive.root, exportId: facts.exportId, output: output.path ?? '-', now: new Date(), observer,
  });
  return written;
}

function makeManifest(archive: Archive, plan: PlanStore, options: ExportOptions, facts: ExportFacts): Manifest {
  const { records, files, bytes } = plan.totals();
  const shards = (kind: 'records' | 'authors') =>
    plan.shardFacts(kind).map(({ number, digest, size, count }) => ({ path: shardName(kind, number), digest, size, count }));
  return {
    format: { name: FORMAT_NAME, version: FORMAT_VERSION, capabilities: [] },
    created: facts.created,
    generator: { name: 'indabundle', version: VERSION },
    source: { label: options.label ?? 'photo archive' },
    export_id: facts.exportId,
    selection: selectionWords(options),
    volume: { number: 1, count: 1, export_id: facts.exportId },
    totals: { records, files, payload_bytes: bytes },
    summary: summarize(archive),
    records: shards('records'),
    authors: shards('authors'),
    readme: { digest: digestOf(README_TEXT), size: Buffer.byteLength(README_TEXT) },
  };
}

/** At most this many bytes, if nothing compresses at all. */
function largestSize(plan: PlanStore): number {
  const { files, bytes, records } = plan.totals();
  const shards = [...plan.shardFacts('records'), ...plan.shardFacts('authors')].reduce((sum, shard) => sum + shard.size + padded(BLOCK), 0);
  const lists = records * 8 + files * 330;
  return bytes + files * (BLOCK + BLOCK / 2) + shards + lists + 64 * 1024;
}

function checkRoom(plan: PlanStore, path: string): void {
  const folder = dirname(path);
  const needed = largestSize(plan);
  const limit = maxFileBytes(folder);
  if (needed > limit) {
    throw new BundleError('file-too-large', { params: { what: basename(path), size: `${needed} bytes`, limit: `${limit} bytes`, path: folder } });
  }
  const free = freeBytes(folder);
  if (free >= 0 && free < needed) {
    throw new BundleError('no-space', { params: { what: path, reason: `${needed} bytes are needed and ${free} are free` } });
  }
}

function result(
  archive: Archive, plan: PlanStore, output: Output | null, options: ExportOptions, facts: ExportFacts, written: Written | null, started: number,
): ExportResult {
  const totals = plan.totals();
  const packed = written === null ? { files: totals.files, bytes: totals.bytes } : plan.packedTotals();
  const omittedByReason = countOmissions(plan);
  const omitted: OmittedFile[] = [];
  for (const { localPath, reason, detail } of plan.omissions()) {
    if (omitted.length === MOST_LISTED) break;
    omitted.push({ path: localPath, reason, ...(detail === null ? {} : { detail }) });
  }
  return {
    dryRun: options.dryRun ?? false,
    path: output?.path ?? null,
    exportId: facts.exportId,
    bundleId: written?.bundleId ?? '',
    records: totals.records,
    metadataOnlyRecords: totals.metadataOnly,
    files: packed.files,
    payloadBytes: packed.bytes,
    bundleBytes: written?.bundleBytes ?? largestSize(plan),
    ...(options.selection.kind === 'for' ? { forReceiver: reasons(archive) } : {}),
    omitted,
    omittedTotal: Object.values(omittedByReason).reduce((sum, count) => sum + count, 0),
    omittedByReason,
    seconds: (performance.now() - started) / 1000,
  };
}

function reasons(archive: Archive): { missing: number; restore: number; conflict: number } {
  const count = archive.db.prepare<[string], number>(`SELECT count(*) FROM temp.survey WHERE why = ? AND state = 'ok'`).pluck();
  return { missing: count.get('missing') ?? 0, restore: count.get('restore') ?? 0, conflict: count.get('conflict') ?? 0 };
}

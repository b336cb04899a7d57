import { type Digest, digestOf } from '../base/digest.ts';
import { FindingList, Refused } from '../base/findings.ts';
import { MAX_SHARD_BYTES } from '../base/limits.ts';
import { formatUtcTime } from '../base/utc-time.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { type Entry, EntryDamaged, readWhole } from '../bundle/entry.ts';
import { shardName } from '../bundle/entry-names.ts';
import { PackedReader } from '../bundle/packed-reader.ts';
import { linesOf } from '../manifest/shards.ts';
import { FORMAT_NAME, FORMAT_VERSION, type Manifest, type Shard } from '../manifest/types.ts';
import { readTail, type Tail } from './tail.ts';

/** A manifest made of what the rest of the bundle proves, where the real one is lost. */
export interface StandIn {
  readonly manifest: Manifest;
  /** The lost manifest's digest where all records are there; else an id of its own, since ordinals may be wrong. */
  readonly bundleId: Digest;
}

/**
 * Gathers from a file whose head is lost what its end proves: `end.json` names the digest of
 * SHA256SUMS, which names those of the shards. Null when the end is lost, too.
 */
export async function standInFor(path: string): Promise<StandIn | null> {
  const tail = await readTail(path);
  if (tail === null) return null;
  const { shards, created } = await readShards(path, tail);
  const records = listed(tail, 'records', shards);
  const isWhole = records.every((shard) => shards.has(shard.path));
  const { manifest: id } = tail.end;
  const authors = listed(tail, 'authors', shards);
  return {
    manifest: manifestOf(tail, records, authors, created),
    bundleId: isWhole ? id : digestOf(`salvage of ${id}`),
  };
}

/** Every shard that SHA256SUMS names, numbered from 1; a lost one has no known length. */
function listed(tail: Tail, kind: 'records' | 'authors', found: ReadonlyMap<string, Shard>): Shard[] {
  const shards: Shard[] = [];
  for (let number = 1; ; number += 1) {
    const path = shardName(kind, number);
    const digest = tail.documents.get(path);
    if (digest === undefined) return shards;
    shards.push(found.get(path) ?? { path, digest, size: 0, count: 0 });
  }
}

/** The shards that are there with the right digest, and the time that all headers bear. */
async function readShards(
  path: string,
  tail: Tail,
): Promise<{ shards: Map<string, Shard>; created: number }> {
  const reader = new PackedReader(await FileSource.open(path), new FindingList());
  const shards = new Map<string, Shard>();
  let created = 0;
  try {
    for await (const entry of reader.entries()) {
      created = entry.mtime ?? created;
      if (entry.kind === 'payload' || entry.kind === 'index') break;
      const shard =
        entry.kind === 'records' || entry.kind === 'authors' ? await readShard(entry, tail) : null;
      if (shard !== null) shards.set(entry.name, shard);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  } finally {
    await reader.close();
  }
  return { shards, created };
}

async function readShard(entry: Entry, tail: Tail): Promise<Shard | null> {
  try {
    const bytes = await readWhole(entry, MAX_SHARD_BYTES);
    if (bytes === null || digestOf(bytes) !== tail.documents.get(entry.name)) return null;
    return {
      path: entry.name,
      digest: digestOf(bytes),
      size: bytes.length,
      count: [...linesOf(bytes)].length,
    };
  } catch (error) {
    if (error instanceof EntryDamaged) return null;
    throw error;
  }
}

function manifestOf(tail: Tail, records: Shard[], authors: Shard[], created: number): Manifest {
  const none = { count: 0, top: [] };
  const id = tail.end.manifest.slice(0, 16);
  const omitted = Object.values(tail.end.omitted).reduce((sum: number, count) => sum + (count ?? 0), 0);
  return {
    format: { name: FORMAT_NAME, version: FORMAT_VERSION, capabilities: [] },
    created: formatUtcTime(new Date(created * 1000)),
    generator: { name: 'unknown', version: '' },
    source: { label: '' },
    export_id: id,
    selection: { words: '', data: {} },
    volume: { number: 1, count: 1, export_id: id },
    totals: {
      records: records.reduce((sum, shard) => sum + shard.count, 0),
      files: tail.end.files + omitted,
      payload_bytes: 0,
    },
    summary: { authors: none, albums: none, collections: none, tags: none, licenses: none, dates: {} },
    records,
    authors,
    readme: { digest: tail.documents.get('README.txt') ?? '', size: 0 },
  };
}

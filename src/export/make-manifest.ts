import { sourceLabel } from '../base/head-facts.ts';
import { digestOf } from '../base/digest.ts';
import { VERSION } from '../base/version.ts';
import { shardName } from '../bundle/entry-names.ts';
import { FORMAT_NAME, FORMAT_VERSION, type Manifest } from '../manifest/types.ts';
import type { ExportOptions } from './options.ts';
import type { PlanVolume } from './plan-volume.ts';
import { README_TEXT } from './readme-text.ts';
import { selectionWords } from './selection-words.ts';

/** What names one export; the same in every volume of it. */
export interface ExportFacts {
  readonly exportId: string;
  /** UTC, to the second. */
  readonly created: string;
  /** Of the request that is answered. */
  readonly listId: string | null;
}

/** The manifest of a volume whose records are planned. */
export function makeManifest(
  volume: PlanVolume,
  summary: Manifest['summary'],
  count: number,
  options: ExportOptions,
  facts: ExportFacts,
): Manifest {
  const { records, files, bytes } = volume.totals();
  const shards = (kind: 'records' | 'authors') =>
    volume.shardFacts(kind).map((shard) => ({
      path: shardName(kind, shard.number),
      digest: shard.digest,
      size: shard.size,
      count: shard.count,
    }));
  return {
    format: { name: FORMAT_NAME, version: FORMAT_VERSION, capabilities: [] },
    created: facts.created,
    generator: { name: 'indabundle', version: VERSION },
    source: { label: sourceLabel(options.label) },
    export_id: facts.exportId,
    ...(facts.listId === null ? {} : { list_id: facts.listId }),
    selection: selectionWords(options),
    volume: { number: volume.number, count, export_id: facts.exportId },
    totals: { records, files, payload_bytes: bytes },
    summary,
    records: shards('records'),
    authors: shards('authors'),
    readme: { digest: digestOf(README_TEXT), size: Buffer.byteLength(README_TEXT) },
  };
}

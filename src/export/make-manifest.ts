import { digestOf } from '../base/digest.ts';
import { VERSION } from '../base/version.ts';
import type { Archive } from '../archive/open.ts';
import { shardName } from '../bundle/entry-names.ts';
import { FORMAT_NAME, FORMAT_VERSION, type Manifest } from '../manifest/types.ts';
import type { ExportOptions } from './options.ts';
import type { PlanStore } from './plan-store.ts';
import { README_TEXT } from './readme-text.ts';
import { selectionWords } from './selection-words.ts';
import { summarize } from './summarize.ts';

/** What names one export; the same in every volume of it. */
export interface ExportFacts {
  readonly exportId: string;
  /** UTC, to the second. */
  readonly created: string;
  /** Of the request that is answered. */
  readonly listId: string | null;
}

/** The manifest of a plan that is complete. */
export function makeManifest(archive: Archive, plan: PlanStore, options: ExportOptions, facts: ExportFacts): Manifest {
  const { records, files, bytes } = plan.totals();
  const shards = (kind: 'records' | 'authors') =>
    plan.shardFacts(kind).map(({ number, digest, size, count }) => ({ path: shardName(kind, number), digest, size, count }));
  return {
    format: { name: FORMAT_NAME, version: FORMAT_VERSION, capabilities: [] },
    created: facts.created,
    generator: { name: 'indabundle', version: VERSION },
    source: { label: options.label ?? 'photo archive' },
    export_id: facts.exportId,
    ...(facts.listId === null ? {} : { list_id: facts.listId }),
    selection: selectionWords(options),
    volume: { number: 1, count: 1, export_id: facts.exportId },
    totals: { records, files, payload_bytes: bytes },
    summary: summarize(archive),
    records: shards('records'),
    authors: shards('authors'),
    readme: { digest: digestOf(README_TEXT), size: Buffer.byteLength(README_TEXT) },
  };
}

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveSpec, buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { exportBundle, type ExportOptions, type ExportResult } from '../../src/index.ts';

type Images = ArchiveSpec['images'];

/** Pictures of several authors, each a real JPEG of its own, of sizes between `from` and `to` bytes. */
export function pictures(count: number, { from = 8000, to = 40_000, authors = 9 } = {}): Images {
  return Array.from({ length: count }, (_, at) => {
    const size = from + ((at * 7919) % Math.max(1, to - from));
    return {
      author: `Szerző ${at % authors}`,
      tags: ['tó', `tag ${at % 17}`],
      file: uniqueJpeg(`picture ${at}`, size),
    };
  });
}

export function archiveOf(folder: string, images: Images): BuiltArchive {
  return buildArchive(folder, { schema: 'today', images });
}

/** Exports everything into `folder`, with bytes that can be repeated. */
export function makeSeries(
  archive: BuiltArchive,
  folder: string,
  volumeSize: number,
  more: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  const fixed = { created: '2026-03-14T10:15:00Z', exportId: 'series' };
  return exportBundle({
    db: archive.databasePath,
    selection: { kind: 'all' },
    output: folder,
    volumeSize,
    ...fixed,
    ...more,
  });
}

/** Volumes in a folder, in order, as paths. */
export function volumesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.indabundle'))
    .sort()
    .map((name) => join(folder, name));
}

export const sizeOf = (path: string) => statSync(path).size;

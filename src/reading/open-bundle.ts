import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BundleError } from '../base/errors.ts';
import type { FindingList } from '../base/findings.ts';
import { FileSource, StreamSource } from '../bundle/byte-source.ts';
import type { EntryReader } from '../bundle/entry.ts';
import { FolderReader } from '../bundle/folder-reader.ts';
import type { FrameScanner } from '../bundle/frames-ahead.ts';
import { PackedReader } from '../bundle/packed-reader.ts';
import { SeekIndex } from '../bundle/seek-index.ts';

/** A bundle that can be read, with what can be said of it before. */
export interface OpenedBundle {
  readonly label: string;
  readonly reader: EntryReader;
  /** Set for a bundle file: it can be read at any position. */
  readonly source: FileSource | null;
  /** Bytes of the bundle read so far, for progress; null where it is a folder. */
  position(): number | null;
  readonly size: number | null;
  readonly strays: string[];
  /** Has frames looked at from now on ahead of their turn, where the bundle is a file. */
  scanWith(scanner: FrameScanner): Promise<void>;
}

/**
 * Opens a bundle file, an unpacked folder or a stream.
 *
 * @throws BundleError `input-not-found`, `not-a-bundle`
 */
export async function openBundle(
  input: string | Readable,
  findings: FindingList,
  readAhead?: number,
): Promise<OpenedBundle> {
  if (typeof input !== 'string') return packed(new StreamSource('-', input), null, findings);
  const status = await stat(input).catch((error: unknown) => {
    throw new BundleError('input-not-found', { cause: error, params: { path: input } });
  });
  if (status.isDirectory()) return await folder(input, findings);
  const source = await FileSource.open(input, readAhead);
  return packed(source, source, findings);
}

function packed(
  source: FileSource | StreamSource,
  file: FileSource | null,
  findings: FindingList,
): OpenedBundle {
  const reader = new PackedReader(source, findings);
  return {
    label: source.label,
    reader,
    source: file,
    position: () => reader.position,
    size: source.size,
    strays: [],
    scanWith: async (scanner) => reader.scanWith(scanner, file === null ? null : await SeekIndex.load(file)),
  };
}

async function folder(path: string, findings: FindingList): Promise<OpenedBundle> {
  const strays: string[] = [];
  const manifest = await stat(`${path}/manifest.json`).catch(() => null);
  if (!manifest?.isFile()) {
    const reason = 'the folder holds no manifest.json of an unpacked bundle';
    throw new BundleError('not-a-bundle', { params: { path, reason } });
  }
  const reader = new FolderReader(path, findings, (name) => strays.push(name));
  return {
    label: path,
    reader,
    source: null,
    position: () => null,
    size: null,
    strays,
    scanWith: async () => {},
  };
}

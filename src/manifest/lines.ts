import type { Digest } from '../base/digest.ts';
import type { IndexLine, PackedLine } from './types.ts';

export function isPackedLine(line: IndexLine): line is PackedLine {
  return 'path' in line;
}

/** A line of the index as the writer has it: as `canonicalLine` would write it, several times as fast. */
export function packedText({ path, digest, size, offset }: PackedLine): string {
  return `{"path":${JSON.stringify(path)},"digest":"${digest}","size":${size},"offset":${offset}}\n`;
}

/** A line of SHA256SUMS, as `sha256sum -c` reads it. */
export function sumsLine(name: string, digest: Digest): string {
  return `${digest}  ${name}\n`;
}

import type { IndexLine, PackedLine } from './types.ts';

export function isPackedLine(line: IndexLine): line is PackedLine {
  return 'path' in line;
}

/** A line of the index as the writer has it: as `canonicalLine` would write it, several times as fast. */
export function packedText({ path, digest, size, offset }: PackedLine): string {
  return `{"path":${JSON.stringify(path)},"digest":"${digest}","size":${size},"offset":${offset}}\n`;
}

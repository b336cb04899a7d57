import type { IndexLine, PackedLine } from './types.ts';

export function isPackedLine(line: IndexLine): line is PackedLine {
  return 'path' in line;
}

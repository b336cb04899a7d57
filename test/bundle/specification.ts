import { readFileSync } from 'node:fs';

/** docs/format.md as it is. */
export const specification = readFileSync(new URL('../../docs/format.md', import.meta.url), 'utf8');

/** Bytes at the start of a line, in one or two blanks, before its explanation; `@100` says where they stand. */
const LINE = /^(?:@(\d+) +)?((?:[0-9a-f]{2} {1,2})*[0-9a-f]{2})(?= {2}|$)/;

/** The bytes of an example in docs/format.md, by the comment above it. Gaps are zeros. */
export function hexFromDocs(title: string, length?: number): Buffer {
  const block = new RegExp(`<!-- ${title} -->\\n\`\`\`hex\\n([^\`]*)\`\`\``).exec(specification)?.[1];
  if (block === undefined) throw new Error(`docs/format.md has no example "${title}"`);
  const bytes = Buffer.alloc(length ?? 1024);
  let end = 0;
  for (const line of block.trim().split('\n')) {
    const [, at, digits] = LINE.exec(line) ?? [];
    if (digits === undefined) throw new Error(`no bytes in "${line}"`);
    end = at === undefined ? end : Number(at);
    end += Buffer.from(digits.replaceAll(' ', ''), 'hex').copy(bytes, end);
  }
  return bytes.subarray(0, length ?? end);
}

/** One section of docs/format.md, by its number. */
export function section(number: number): string {
  const text = new RegExp(`^## ${number}\\. [\\s\\S]*?(?=^## |$(?![\\s\\S]))`, 'm').exec(specification)?.[0];
  if (text === undefined) throw new Error(`docs/format.md has no section ${number}`);
  return text;
}

/** The first column of the tables in a text, as far as it is in backquotes. */
export function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| ((?:`[^`]+`(?:, )?)+)/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
}

import { jsonText } from './json-text.ts';

/** A list whose items are still coming; each is written on a line of its own. */
export class Lines {
  readonly items: AsyncIterable<unknown>;

  constructor(items: AsyncIterable<unknown>) {
    this.items = items;
  }
}

/** Takes a piece of text and resolves when more may come. */
export type Sink = (text: string) => Promise<void>;

/**
 * Writes one JSON document piece by piece: members in their order, undefined ones left out. A
 * member may be a function, called when its turn comes, or a list that is still coming (an async
 * iterable, or {@link Lines}), so that nothing as long as a bundle is held in memory.
 */
export async function writeDocument(sink: Sink, document: object): Promise<void> {
  await writeMembers(sink, document, '');
  await sink('\n');
}

async function writeValue(sink: Sink, value: unknown, indent: string): Promise<void> {
  if (value instanceof Lines) {
    await writeList(sink, value.items, indent, (item) => sink(jsonText(item) ?? 'null'));
  } else if (isComing(value)) {
    await writeList(sink, value, indent, (item) => writeValue(sink, item, `${indent}  `));
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    await writeMembers(sink, value, indent);
  } else {
    await sink(jsonText(value, 2)?.replaceAll('\n', `\n${indent}`) ?? 'null');
  }
}

async function writeMembers(sink: Sink, object: object, indent: string): Promise<void> {
  let separator = '{';
  for (const [key, given] of Object.entries(object)) {
    const value: unknown = typeof given === 'function' ? (given as () => unknown)() : given;
    if (value === undefined) continue;
    await sink(`${separator}\n${indent}  ${jsonText(key)}: `);
    await writeValue(sink, value, `${indent}  `);
    separator = ',';
  }
  await sink(separator === '{' ? '{}' : `\n${indent}}`);
}

async function writeList(
  sink: Sink,
  list: AsyncIterable<unknown>,
  indent: string,
  write: (item: unknown) => Promise<void>,
): Promise<void> {
  let separator = '[';
  for await (const item of list) {
    await sink(`${separator}\n${indent}  `);
    await write(item);
    separator = ',';
  }
  await sink(separator === '[' ? '[]' : `\n${indent}]`);
}

function isComing(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

import type { Readable } from 'node:stream';
import { type ImageRecord, type IndexLine, listBundle } from '../../src/index.ts';

/** All records of a bundle, in its order. */
export async function recordsIn(input: string | Readable): Promise<ImageRecord[]> {
  const lists = await listBundle({ input });
  try {
    return await collected(lists.records());
  } finally {
    await lists.close();
  }
}

/** All lines of a bundle's index: what is packed, and what was left out. */
export async function indexOf(input: string | Readable): Promise<IndexLine[]> {
  const lists = await listBundle({ input });
  try {
    return await collected(lists.files());
  } finally {
    await lists.close();
  }
}

/** Titles of the records in a bundle, sorted. */
export async function titlesIn(input: string | Readable): Promise<string[]> {
  const records = await recordsIn(input);
  return records.map(({ image }) => image.title ?? '').sort();
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

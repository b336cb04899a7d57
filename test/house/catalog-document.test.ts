import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as limits from '../../src/base/limits.ts';
import { FileSource } from '../../src/bundle/byte-source.ts';
import { PartFile } from '../../src/bundle/part-file.ts';
import { SingleFrames } from '../../src/bundle/single-frames.ts';
import { CatalogReader } from '../../src/catalog-file/catalog-reader.ts';
import { CatalogWriter } from '../../src/catalog-file/catalog-writer.ts';
import {
  CATALOG_NAME,
  CATALOG_VERSION,
  type CatalogImage,
  COLUMN,
  FLAG,
  GROUP_COLUMNS,
  RANK_SHIFT,
} from '../../src/catalog-file/types.ts';
import { RequestReader } from '../../src/request-file/request-reader.ts';
import { REQUEST_NAME, REQUEST_VERSION, RequestWriter } from '../../src/request-file/request-writer.ts';
import type { Want } from '../../src/request-file/wants.ts';
import { inFolder } from '../bundle/programs.ts';
import { frameOf } from '../bundle/sample-bundle.ts';

const text = readFileSync(new URL('../../docs/catalog.md', import.meta.url), 'utf8');
const example = (title: string) =>
  new RegExp(`<!-- ${title} -->\\n\`\`\`\\w+\\n([^\`]*)\`\`\``).exec(text)![1]!;
const DIGESTS = ['a1', 'b2', 'c3'].map((pair) => pair.repeat(32));

/** What the words above the example say. */
const IMAGES: readonly CatalogImage[] = [
  { site: 1_581_205, digest: DIGESTS[0]!, size: 40_512, rank: 2, author: 'Őry Ákos' },
  { site: 1_602_118, digest: DIGESTS[1]!, size: null, rank: 1, author: 'Őry Ákos' },
  { site: null, digest: DIGESTS[2]!, size: 300, rank: 0, author: null, url: 'https://x.hu/a.jpg' },
].map((image) => ({ url: null, pageUrl: null, here: image.size !== null, ...image }));

const HEAD = {
  format: { name: CATALOG_NAME, version: CATALOG_VERSION, capabilities: [] },
  created: '2026-03-14T10:15:00Z',
  generator: { name: 'indabundle', version: '0.1.0' },
  source: { label: 'Anna' },
  images: IMAGES.length,
} as const;

/** The contents of the frames of the group: each begins where the explanation names its letter. */
function framesOfExample(): Buffer[] {
  const frames: string[] = [];
  for (const line of example('group').trim().split('\n')) {
    const digits = /^(?:[0-9a-f]{2} {0,2})+/.exec(line)![0].replaceAll(' ', '');
    if (/ {2}[A-Z]:/.test(line)) frames.push(digits);
    else frames.push(frames.pop()! + digits);
  }
  return frames.map((digits) => Buffer.from(digits, 'hex'));
}

const document = (letter: string, value: object) => frameOf(Buffer.from(letter + JSON.stringify(value)));

async function imagesIn(path: string): Promise<CatalogImage[]> {
  const reader = await CatalogReader.open(path);
  const images: CatalogImage[] = [];
  for await (const group of reader.groups()) images.push(...group);
  await reader.close();
  return images;
}

describe('docs/catalog.md says what the program does', () => {
  test('its example of a group is read as the images that it describes', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      const body = Buffer.concat([document('H', HEAD), ...framesOfExample().map((frame) => frameOf(frame))]);
      const digest = createHash('sha256').update(body).digest('hex');
      const end = document('E', { end: { images: IMAGES.length, digest } });
      writeFileSync(path, Buffer.concat([body, end]));
      expect(await imagesIn(path)).toEqual(IMAGES);
    });
  });

  test('its example of a group is what is written of these images', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indacatalog');
      const sink = await PartFile.open(path);
      const writer = new CatalogWriter(sink);
      await writer.begin(HEAD);
      for (const image of IMAGES) await writer.add(image);
      await writer.end();
      await sink.finish();
      const source = await FileSource.open(path);
      const frames = new SingleFrames(source, limits.MAX_CATALOG_COLUMN);
      const contents: string[] = [];
      for (let next = await frames.next(); next !== null; next = await frames.next())
        contents.push(Buffer.from(next).toString('hex'));
      await source.close();
      expect(contents.slice(1, -1)).toEqual(framesOfExample().map((frame) => frame.toString('hex')));
    });
  });

  test('its example of a request is read, and is what is written', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.indarequest');
      writeFileSync(path, example('request'));
      const reader = await RequestReader.open(path);
      const wants: Want[] = [];
      for await (const want of reader.wants()) wants.push(want);
      await reader.close();
      expect(wants).toEqual([
        { kind: 'hash', digest: DIGESTS[0] },
        { kind: 'hash', digest: DIGESTS[2] },
        { kind: 'url', url: 'https://x.hu/b.jpg' },
      ]);
      const sink = await PartFile.open(join(folder, 'b'));
      const writer = new RequestWriter(sink);
      await writer.begin(reader.head);
      for (const want of wants) await writer.add(want);
      await writer.end();
      await sink.finish();
      const parsed = (lines: string) =>
        lines
          .trim()
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line));
      expect(parsed(readFileSync(join(folder, 'b'), 'utf8'))).toEqual(parsed(example('request')));
    });
  });

  test('letters of frames, in their order', () => {
    const letters = [...text.matchAll(/^\| `([A-Z])` \|/gm)].map(([, letter]) => letter!.codePointAt(0));
    expect(letters).toEqual([COLUMN.head, ...GROUP_COLUMNS.map((name) => COLUMN[name]), COLUMN.end]);
  });

  test('flags', () => {
    const bits = [...text.matchAll(/^\| 0x([0-9a-f]{2}) \|/gm)].map(([, bit]) => Number.parseInt(bit!, 16));
    const { site, digest, here, size, url, page } = FLAG;
    expect(bits).toEqual([site, digest, here, size, 3 << RANK_SHIFT, url, page]);
  });

  test('names, versions and limits', () => {
    const mib = (bytes: number) => `${bytes / 1024 ** 2} MiB`;
    const count = (number: number) => number.toLocaleString('en');
    for (const sentence of [
      `\`name\` \`${CATALOG_NAME}\`, \`version\` ${CATALOG_VERSION}`,
      `\`name\` \`${REQUEST_NAME}\`, \`version\` ${REQUEST_VERSION}`,
      `A frame's content is at most ${mib(limits.MAX_CATALOG_COLUMN)} here`,
      `It holds 1 to ${count(limits.CATALOG_GROUP_ROWS)} images`,
      `at most ${count(limits.MAX_CATALOG_AUTHORS)} authors of ${mib(limits.MAX_CATALOG_AUTHOR_BYTES)} in all`,
      `at most ${mib(limits.MAX_REQUEST_LINE_BYTES)} long`,
    ])
      expect(text).toContain(sentence);
  });
});

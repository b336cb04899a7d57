import { expect, test } from 'vitest';
import { Lines, writeDocument } from '../../src/cli/output/json-document.ts';

async function written(document: object): Promise<string> {
  let text = '';
  await writeDocument(async (piece) => void (text += piece), document);
  return text;
}

async function* coming<Item>(...items: Item[]): AsyncGenerator<Item> {
  yield* items;
}

test('is what JSON.stringify would say', async () => {
  const document = { a: 1, b: [1, { c: 'x' }], d: { e: null, f: {}, g: [] }, h: undefined, 'é"': 'ő' };
  expect(await written(document)).toBe(`${JSON.stringify(document, null, 2)}\n`);
});

test('what a terminal would obey is written as an escape, and means the same', async () => {
  const document = { title: 'a\u2028b\u202ec' };
  const text = await written(document);
  expect(text).not.toContain('\u2028');
  expect(text).not.toContain('\u202e');
  expect(JSON.parse(text)).toEqual(document);
});

test('waits for lists, and asks functions when their turn comes', async () => {
  let asked = 'too early';
  const results = async function* () {
    yield { name: 'one', files: new Lines(coming({ size: 1 }, { size: 2 })) };
    yield { name: 'two', files: new Lines(coming()) };
    asked = 'after the list';
  };
  const text = await written({ results: results(), status: () => asked, left: () => undefined });
  expect(JSON.parse(text)).toEqual({
    results: [
      { name: 'one', files: [{ size: 1 }, { size: 2 }] },
      { name: 'two', files: [] },
    ],
    status: 'after the list',
  });
});

test('the items of a long list are on one line each', async () => {
  const text = await written({
    records: new Lines(coming({ image: { title: 'a' } }, { image: { title: 'b' } })),
  });
  expect(text).toContain('\n    {"image":{"title":"a"}},\n    {"image":{"title":"b"}}\n');
});

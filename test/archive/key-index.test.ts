import { expect, test } from 'vitest';
import { KeyIndex } from '../../src/archive/key-index.ts';
import { openScratch } from '../../src/archive/scratch.ts';

/** Keys of all sizes, each several times: small ones next to each other, and such as are cut from digests. */
const keyOf = (number: number) =>
  number % 2 === 0 ? number % 501 : (Math.imul(number % 50_021, 0x9e3779b1) >>> 0) * 2 ** 20 + (number % 7);

/** What stands under each key, as a plain map has it. */
class Model {
  readonly #values = new Map<number, Set<number>>();

  add(key: number, value: number): void {
    this.#values.set(key, (this.#values.get(key) ?? new Set()).add(value));
  }

  find(key: number): number[] {
    return [...(this.#values.get(key) ?? [])].toSorted((a, b) => a - b);
  }

  get keys(): Iterable<number> {
    return this.#values.keys();
  }
}

test.each([
  ['as many as were expected', 120_000],
  ['far more than were expected', 1],
])('every pair is found, once and in order, among %s', async (_, expected) => {
  const scratch = openScratch();
  try {
    const index = new KeyIndex(scratch, 'pairs', expected);
    const model = new Model();
    await index.fill(async (add) => {
      for (let number = 0; number < 20_000; number += 1) {
        add(keyOf(number), number % 1000);
        model.add(keyOf(number), number % 1000);
      }
    });
    for (let number = 20_000; number < 120_000; number += 1) {
      index.add(keyOf(number), number % 1000);
      model.add(keyOf(number), number % 1000);
      if (number % 97 === 0) expect(index.find(keyOf(number))).toEqual(model.find(keyOf(number)));
    }
    for (const key of model.keys) {
      const found = index.find(key);
      if (String(found) !== String(model.find(key)))
        expect({ key, found }).toEqual({ key, found: model.find(key) });
    }
    for (let key = 1_000; key < 20_000; key += 1) expect(index.find(key)).toEqual([]);
  } finally {
    scratch.close();
  }
});

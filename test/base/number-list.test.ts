import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberList } from '../../src/base/number-list.ts';

/** Around the ends of what is allocated in one piece, and far behind. */
const place = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 16_380, max: 16_390 }),
  fc.integer({ min: 60_000, max: 70_000 }),
);

const step = fc.oneof(
  fc.record({ set: place, to: fc.constantFrom(0, 1, 77, 2 ** 31, 2 ** 32 - 1) }),
  fc.record({ truncate: place }),
);

test('a list of numbers holds what was set last, zero elsewhere, and forgets what is cut off', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.array(place, { minLength: 1 }), (steps, looks) => {
      const list = new NumberList();
      let model: number[] = [];
      for (const one of steps) {
        if ('truncate' in one) {
          list.truncate(one.truncate);
          model = model.slice(0, one.truncate);
        } else {
          list.set(one.set, one.to);
          while (model.length < one.set) model.push(0);
          model[one.set] = one.to;
        }
      }
      expect(list.length).toBe(model.length);
      for (const at of looks) expect(list.get(at)).toBe(model[at] ?? 0);
    }),
    { numRuns: 300 },
  );
});

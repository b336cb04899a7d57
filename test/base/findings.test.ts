import { expect, test } from 'vitest';
import { type Finding, FindingList } from '../../src/base/findings.ts';
import { MAX_FINDINGS } from '../../src/base/limits.ts';

const damage: Finding = { code: 'frame-damaged', gravity: 'damage', where: { frame: 3 } };

test('findings beyond the cap are counted and heard, and not forgotten in the verdict', () => {
  let heard = 0;
  const list = new FindingList(() => (heard += 1));
  for (let n = 0; n < MAX_FINDINGS + 5; n += 1) list.add(damage);
  list.add({ code: 'truncated', gravity: 'refuse', where: {} });
  expect(list.listed).toHaveLength(MAX_FINDINGS);
  expect(list.total).toBe(MAX_FINDINGS + 6);
  expect(heard).toBe(MAX_FINDINGS + 6);
  expect(list.refused).toBe(true);
  expect(list.has('truncated')).toBe(true);
});

test('an omission is no damage', () => {
  const list = new FindingList();
  list.add({ code: 'file-omitted', gravity: 'omission', where: {} });
  expect([list.total, list.damaged, list.refused]).toEqual([1, 0, false]);
  list.add(damage);
  expect([list.total, list.damaged, list.refused]).toEqual([2, 1, false]);
});

test('the same findings make the same list, whichever came first', () => {
  const where = { entry: 'files/ab', offset: 7 };
  const findings: Finding[] = [
    { code: 'truncated', gravity: 'damage', where: {} },
    { code: 'frame-damaged', gravity: 'damage', where: { offset: 7 } },
    { code: 'entry-duplicate', gravity: 'refuse', where },
    { code: 'file-digest-mismatch', gravity: 'damage', where, found: 'a' },
    { code: 'file-digest-mismatch', gravity: 'damage', where, found: 'b' },
    { code: 'frame-damaged', gravity: 'damage', where: { offset: 3 } },
  ];
  const listed = (order: readonly Finding[]) => {
    const list = new FindingList();
    for (const finding of order) list.add(finding);
    return list.listed;
  };
  expect(listed(findings.toReversed())).toEqual(listed(findings));
});

import { expect, test } from 'vitest';
import { makePage, type Page } from '../../src/cli/output/page.ts';
import { tableLines } from '../../src/cli/output/table.ts';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { loadTexts } from '../../src/cli/texts.ts';

async function page(columns: number): Promise<Page> {
  return makePage(await loadTexts('en'), { columns, isTerminal: true, colors: false });
}

test('tables stay aligned whatever the names are', async () => {
  const columns = [{ title: 'Cím' }, { title: 'Db', align: 'right' }] as const;
  const names = ['Pipacsmező', 'család 👨‍👩‍👧', 'újabb jel 🫠', '漢字', 'e\u0301kezet', 'नमस्ते'];
  const [, , ...rows] = tableLines(
    await page(80),
    columns,
    names.map((name) => [name, '7']),
  );
  expect(rows.map(widthOf)).toEqual(names.map(() => widthOf(rows[0] ?? '')));
  for (const [index, name] of names.entries()) expect(rows[index]).toContain(name);
});

test('a table that cannot be as narrow as the terminal has its rows one below the other', async () => {
  const columns = [
    { title: 'Operation' },
    { title: 'When' },
    { title: 'State', fit: 'wrap', least: 12 },
  ] as const;
  const rows = [
    ['b3c29f676e1feab6', '2026-11-24 04:33', 'finished, but two failed'],
    ['c3c29f676e1feab6', '2026-11-25 04:33', ''],
  ];
  const lines = tableLines(await page(40), columns, rows);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(40);
  expect(lines.join('\n')).toMatch(/Operation +b3c2[^]*State +finished, but two[^]*Operation +c3c2/);
});

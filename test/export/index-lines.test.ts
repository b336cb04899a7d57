import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { canonicalLine } from '../../src/base/canonical-json.ts';
import { FindingList } from '../../src/base/findings.ts';
import { readWhole } from '../../src/bundle/entry.ts';
import { exportBundle } from '../../src/index.ts';
import { openBundle } from '../../src/reading/open-bundle.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** The text of one entry of a bundle. */
async function textOf(path: string, name: string): Promise<string> {
  const { reader } = await openBundle(path, new FindingList());
  try {
    for await (const entry of reader.entries())
      if (entry.name === name) return String(await readWhole(entry, 1024 * 1024));
  } finally {
    await reader.close();
  }
  throw new Error(`no ${name}`);
}

test('each line of the index is what JSON.stringify makes of it, whatever the photos are called', async () => {
  const names = ['a "b".jpg', 'c\\d.jpg', 'é, kép.JPEG', 'f.jp"g', 'g', 'h.\u0001', 'gone.png'];
  const { databasePath } = buildArchive(folder('sender'), {
    schema: 'today',
    images: names.map((name) => ({
      localPath: `indafoto_archive/x/${name}`,
      ...(name.startsWith('gone') ? { file: 'missing' } : {}),
    })),
  });
  const output = join(folder(), 'all.indabundle');
  const { files } = await exportBundle({ db: databasePath, selection: { kind: 'all' }, output });
  const lines = (await textOf(output, 'index.jsonl')).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('{"path":'))).toHaveLength(files);
  expect(lines).toHaveLength(names.length);
  expect(lines.map((line) => `${line}\n`)).toEqual(lines.map((line) => canonicalLine(JSON.parse(line))));
});

import { chmodSync, copyFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exchange, type Exchange } from '../support/exchange.ts';
import { protect, runAsNobody, unprotect } from '../support/protected-run.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const run = (...args: string[]) => runAsNobody([...args, '--lang', 'en']);
const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

/** Two archives in folders that everybody may write into. */
async function trip(): Promise<Exchange> {
  const made = exchange(
    folder(),
    { schema: 'today-without-wal', images: [{ title: 'a' }] },
    { schema: 'today-without-wal', images: [] },
  );
  await made.export();
  for (const dir of [folder(), made.sender.dir, made.receiver.dir]) chmodSync(dir, 0o777);
  return made;
}

describe('what the system does not let be written, or read, is named', () => {
  test('a database with the read-only attribute, before anything is written beside it', async () => {
    const here = await trip();
    const { databasePath: db, dir } = here.receiver;
    chmodSync(db, 0o444);
    const before = readdirSync(dir);
    for (const args of [
      ['apply', here.bundle, '--yes'],
      ['cleanup', '--yes'],
    ]) {
      const { status, out } = run(...args, '--db', db);
      expect([status, out]).toEqual([5, expect.stringContaining('[db-read-only]')]);
      expect(readdirSync(dir)).toEqual(before);
    }
  });

  test('the bundle that may not be read, and not the database', async () => {
    const here = await trip();
    const bundle = join(folder(), 'private.indabundle');
    copyFileSync(here.bundle, bundle);
    chmodSync(bundle, 0o000);
    chmodSync(here.receiver.databasePath, 0o666);
    const { status, out } = run('apply', bundle, '--yes', '--db', here.receiver.databasePath);
    expect(status).toBe(6);
    expect(flat(out)).toContain(`does not permit access to ${bundle}`);
  });

  test.each([
    ['an export', ['export', '--all', '-o'], 'x.indabundle'],
    ['a catalogue', ['catalog', '-o'], 'x.indacatalog'],
    ['a backup', ['backup', '-o'], 'x.db'],
  ])('the folder that %s may not be written into', async (_, args, name) => {
    const here = await trip();
    const output = join(folder('protected'), name);
    protect(dirname(output));
    const { status, out } = run(...args, output, '--db', here.sender.databasePath);
    unprotect(dirname(output));
    expect(status).toBe(6);
    expect(flat(out)).toContain(`does not permit access to ${dirname(output)}`);
  });

  test('the folder above a demo', () => {
    chmodSync(folder(), 0o777);
    const above = folder('protected');
    protect(above);
    const { status, out } = run('demo', join(above, 'far', 'demo'));
    unprotect(above);
    expect([status, flat(out)]).toEqual([6, expect.stringContaining(`access to ${above}`)]);
  });
});

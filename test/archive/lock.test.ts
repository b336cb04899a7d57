import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { takeLock } from '../../src/archive/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'indabundle-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Takes the lock as a process does that is slow to write its name. */
const SLOW_HOLDER = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1]);
  db.exec('CREATE TABLE holder (name TEXT)');
  db.exec('BEGIN EXCLUSIVE');
  console.log('ready');
  setTimeout(() => {
    db.prepare('INSERT INTO holder VALUES (?)').run('process ' + process.pid + ' on a machine');
    db.exec('COMMIT; BEGIN IMMEDIATE');
  }, 150);
  setTimeout(() => {}, 60_000);
`;

/** Takes the lock at the moment that it is told, says whether it has it, and keeps it for long enough. */
const TAKER = `
  const [module, path, moment] = process.argv.slice(1);
  const { takeLock } = await import(module);
  while (Date.now() < Number(moment));
  try {
    globalThis.lock = takeLock(path, 'archive-locked', 'indafoto.db');
    console.log('taken');
    setTimeout(() => {}, 1000);
  } catch (error) {
    console.log(error.code);
  }
`;

test('of several who come at the same moment one gets it, and only one', async () => {
  const module = new URL('../../dist/archive/lock.js', import.meta.url).href;
  for (let round = 0; round < 5; round += 1) {
    const path = join(folder, `lock-${round}`);
    const moment = String(Date.now() + 1000);
    const takers = Array.from({ length: 4 }, () => {
      const args = ['--input-type=module', '-e', TAKER, module, path, moment];
      const taker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      return text(taker.stdout);
    });
    const said = await Promise.all(takers);
    expect(said.map((one) => one.trim()).toSorted()).toEqual([
      ...Array<string>(3).fill('archive-locked'),
      'taken',
    ]);
  }
}, 30_000);

test('a holder that is about to write its name is called by it', async () => {
  const path = join(folder, 'lock');
  const holder = spawn(process.execPath, ['-e', SLOW_HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(holder.stdout, 'data');
    expect(() => takeLock(path, 'archive-locked', 'indafoto.db')).toThrow(
      `Another indabundle is working on this archive (process ${holder.pid} on a machine).`,
    );
  } finally {
    holder.kill('SIGKILL');
  }
});

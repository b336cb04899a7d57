import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

import { existsSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { patientRename, syncFolder } from '../base/put-in-place.ts';
import { firstDefect } from './quick-check.ts';
import { Sqlite } from './sqlite.ts';

const PAGES_PER_STEP = 2000;

/**
 * Copies the database with SQLite's own backup API to `target`, checks the copy and makes it
 * durable. The source is read in one read transaction, so that a program that goes on writing
 * does not start the copy again and again.
 */
export async function backupDatabase(
  source: string,
  target: string,
  observer: Observer,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${target}.part`;
  const db = new Sqlite(source, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_master').get();
    const pageSize = Number(db.pragma('page_size', { simple: true }));
    await db.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        signal?.throwIfAborted();
        observer({ type: 'progress', done: (totalPages - remainingPages) * pageSize });
        return PAGES_PER_STEP;
      },
    });
    db.exec('ROLLBACK');
    checkCopy(part);
    await makeDurable(part);
    await patientRename(part, target);
    await syncFolder(dirname(target));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  } finally {
    db.close();
  }
}

function checkCopy(path: string): void {
  const copy = new Sqlite(path); // read-only would leave -wal and -shm behind
  try {
    const defect = firstDefect(copy);
    if (defect === null) return;
    throw new BundleError('io-error', { params: { what: path, reason: `the copy is damaged: ${defect}` } });
  } finally {
    copy.close();
  }
}

async function makeDurable(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `indafoto.db.backup-20260314-101500`, with a number behind it when that is taken. */
export function backupName(database: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const name = `${database}.backup-${stamp}`;
  for (let number = 2; ; number += 1) {
    const candidate = number === 2 && !existsSync(name) ? name : `${name}-${number}`;
    if (!existsSync(candidate)) return candidate;
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { type Archive, openToWrite } from '../../src/archive/open.ts';
import { immediately } from '../../src/archive/transaction.ts';
import type { Event } from '../../src/base/events.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

interface Company {
  readonly archive: Archive;
  /** Somebody else who writes to the same database, and waits for nobody. */
  readonly other: Database.Database;
}

async function inCompany(use: (company: Company) => Promise<void>): Promise<void> {
  const { databasePath } = buildArchive(folder('archive'), { schema: 'today', images: [{}, {}] });
  const archive = openToWrite(databasePath);
  const other = new Database(databasePath, { timeout: 0 });
  try {
    await use({ archive, other });
  } finally {
    other.close();
    archive.close();
  }
}

const retitle = (db: Database.Database, title: string) =>
  db.prepare('UPDATE images SET title = ?').run(title).changes;
const titles = (db: Database.Database) => db.prepare('SELECT DISTINCT title FROM images').pluck().all();

describe('while somebody else holds the database', () => {
  test('a transaction waits, says so, and lets everything else go on', async () => {
    await inCompany(async ({ archive, other }) => {
      other.exec('BEGIN IMMEDIATE');
      const events: Event[] = [];
      const observer = (event: Event) => events.push(event);
      const waiting = immediately(archive.db, () => retitle(archive.db, 'ours'), { observer, what: 'it' });
      // Sleeping here is possible only because waiting blocks nothing.
      while (events.length === 0) await sleep(20);
      retitle(other, 'theirs');
      other.exec('COMMIT');
      expect(await waiting).toBe(2);
      expect(titles(other)).toEqual(['ours']);
      expect(events).toEqual([{ type: 'notice', notice: 'waiting-for-lock', params: { path: 'it' } }]);
    });
  });

  test('the wait can be stopped', async () => {
    await inCompany(async ({ archive, other }) => {
      other.exec('BEGIN IMMEDIATE');
      const stop = new AbortController();
      const work = () => retitle(archive.db, 'ours');
      const waiting = immediately(archive.db, work, { signal: stop.signal });
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
      other.exec('ROLLBACK');
      expect(titles(other)).not.toContain('ours');
    });
  });
});

describe('a transaction', () => {
  test('that fails leaves nothing of itself, and the next one works', async () => {
    await inCompany(async ({ archive, other }) => {
      const before = titles(other);
      const failing = immediately(archive.db, () => {
        retitle(archive.db, 'half');
        throw new Error('in the middle');
      });
      await expect(failing).rejects.toThrow('in the middle');
      expect([archive.db.inTransaction, titles(other)]).toEqual([false, before]);
      await immediately(archive.db, () => retitle(archive.db, 'whole'));
      expect(titles(other)).toEqual(['whole']);
    });
  });

  test('holds the database from its first moment: what it has read stays true', async () => {
    await inCompany(async ({ archive, other }) => {
      await immediately(archive.db, () => {
        titles(archive.db);
        expect(() => retitle(other, 'theirs')).toThrow(/locked/);
        retitle(archive.db, 'ours');
      });
      expect(titles(other)).toEqual(['ours']);
    });
  });
});

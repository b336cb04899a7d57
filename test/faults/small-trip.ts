import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { readArchive } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { applyBundle } from '../../src/apply/apply-bundle.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';

const FIXED = ['--created', '2026-03-14T10:15:00Z', '--export-id', 'trip'] as const;

/** Two small archives and a folder between them: the sender's, the receiver's, the stick. */
export class SmallTrip {
  readonly folder: string;
  readonly sender: string;
  readonly receiver: string;
  readonly stick: string;
  readonly bundle: string;
  /** The apply that `newApplied` lays down. */
  operationId = '';

  constructor(folder: string, images = 24) {
    this.folder = folder;
    this.sender = join(folder, 'sender');
    this.receiver = join(folder, 'receiver');
    this.stick = join(folder, 'stick');
    this.bundle = join(folder, 'good.indabundle');
    buildArchive(this.sender, {
      schema: 'today',
      images: Array.from({ length: images }, (_, at) => picture(at)),
    });
    buildArchive(join(folder, 'template'), {
      schema: 'today',
      images: [{ ...picture(0), tags: [] }, { ...picture(1), file: 'missing' }, { author: 'Vera' }],
    });
    this.newReceiver();
    this.newStick();
  }

  newReceiver(): void {
    rmSync(this.receiver, { recursive: true, force: true });
    cpSync(join(this.folder, 'template'), this.receiver, { recursive: true });
  }

  newStick(): void {
    rmSync(this.stick, { recursive: true, force: true });
    mkdirSync(this.stick);
  }

  /** Writes the bundle that is applied. */
  async makeBundle(): Promise<void> {
    const { sender, bundle } = this;
    const output = { output: bundle, created: FIXED[1], exportId: FIXED[3] };
    if (!existsSync(bundle))
      await exportBundle({ db: join(sender, 'indafoto.db'), selection: { kind: 'all' }, ...output });
  }

  /** Applies once: the receiver's archive as it is then can be laid down again and again, to be reverted. */
  async makeApplied(): Promise<void> {
    await this.makeBundle();
    this.newReceiver();
    const db = join(this.receiver, 'indafoto.db');
    this.operationId = (await applyBundle({ db, input: this.bundle, backup: false })).operationId!;
    cpSync(this.receiver, join(this.folder, 'applied'), { recursive: true });
  }

  newApplied(): void {
    rmSync(this.receiver, { recursive: true, force: true });
    cpSync(join(this.folder, 'applied'), this.receiver, { recursive: true });
  }

  get exportArguments(): string[] {
    return [
      'export',
      '--db',
      join(this.sender, 'indafoto.db'),
      '--all',
      '-o',
      join(this.stick, 'trip.indabundle'),
      ...FIXED,
    ];
  }

  get applyArguments(): string[] {
    return ['apply', this.bundle, '--db', join(this.receiver, 'indafoto.db'), '--yes', '--no-backup'];
  }

  get revertArguments(): string[] {
    const db = join(this.receiver, 'indafoto.db');
    return ['revert', this.operationId, '--db', db, '--yes', '--no-backup'];
  }

  /** The receiver's archive to the last id and folder, without the books. */
  exactly(): object {
    const names = readdirSync(this.receiver, { recursive: true }).map(String);
    const db = new Database(join(this.receiver, 'indafoto.db'));
    try {
      const select = (sql: string) => db.prepare(sql).raw().all();
      return {
        archive: readArchive(this.receiver),
        names: names.filter((name) => !/^indafoto\.db-(wal|shm)$/.test(name)).sort(),
        ids: select(`SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'sync_%' ORDER BY name`),
        indexes: select(`SELECT name FROM sqlite_master WHERE name LIKE 'indabundle_revert%'`),
      };
    } finally {
      db.close();
    }
  }

  /** The receiver's archive in a form that two runs can be compared by. */
  received(): object {
    const { images, fileDigests, tags, albums, links, others, counts, orphans, integrity } = readArchive(
      this.receiver,
    );
    const rows = [...images].map(([id, row]) => [
      row['url'],
      { ...row, id: 0, local_path: String(row['local_path']), file: fileDigests.get(id) },
    ]);
    const sorted = rows.sort((a, b) => String(a[0]).localeCompare(String(b[0])));
    const urls = new Map([...images].map(([id, row]) => [id, String(row['url'])]));
    const named = links.map(({ imageId, kind, key }) => `${urls.get(imageId)} ${kind} ${key}`).sort();
    return {
      rows: sorted,
      named,
      tags: [...tags.keys()].sort(),
      albums: [...albums.keys()].sort(),
      others: [...others],
      counts,
      orphans,
      integrity,
      ...this.books(),
    };
  }

  /** What the books say, without the times. */
  books(): object {
    const db = new Database(join(this.receiver, 'indafoto.db'));
    try {
      db.pragma('foreign_keys = OFF');
      const count = (sql: string) => db.prepare(sql).raw().all();
      return {
        operations: count('SELECT status, total_files, processed_files, error_count FROM sync_operations'),
        files: count('SELECT status, count(*), count(DISTINCT file_path) FROM sync_files GROUP BY status'),
        list: count('SELECT status, count(*) FROM sync_export_files GROUP BY status'),
        outcomes: count(
          'SELECT outcome, count(*) FROM indabundle_journal WHERE outcome IS NOT NULL GROUP BY outcome',
        ),
      };
    } finally {
      db.close();
    }
  }

  /** Files that only an unfinished run has. */
  leftovers(): string[] {
    const all = [this.receiver, this.stick].flatMap((dir) =>
      readdirSync(dir, { recursive: true }).map(String),
    );
    return all.filter((name) => /\.(tmp|part|plan|lock)(-\w+)?$|indabundle-lock|-journal$/.test(name));
  }
}

function picture(at: number) {
  return {
    siteImageId: 1_700_000 + at,
    author: `Szerző ${at % 3}`,
    tags: ['tó', `t${at % 4}`],
    albums: [{ id: `${at % 2}`, title: 'Nyár' }],
    // One that takes several frames, one that fills one, and small ones that share.
    file: uniqueJpeg(`trip ${at}`, at === 5 ? 1_400_000 : 4000 + at * 500),
  };
}

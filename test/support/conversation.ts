import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type ArchiveSnapshot, readArchive } from '../../fixtures/archive-reader.ts';
import { type ArchiveSpec, buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import {
  type AnalyzeOptions,
  type AnalyzeResult,
  analyze,
  applyBundle,
  exportBundle,
  writeCatalog,
} from '../../src/index.ts';

/** Somebody with an archive, who writes catalogues, asks, answers and takes in. */
export class Archivist {
  readonly archive: BuiltArchive;
  readonly #folder: string;
  readonly #name: string;
  #letters = 0;

  constructor(
    folder: string,
    name: string,
    spec: Omit<ArchiveSpec, 'schema'> & Partial<Pick<ArchiveSpec, 'schema'>>,
  ) {
    this.#folder = folder;
    this.#name = name;
    this.archive = buildArchive(join(folder, name), { schema: 'today', ...spec });
  }

  get db(): string {
    return this.archive.databasePath;
  }

  #letter(extension: string): string {
    this.#letters += 1;
    return join(this.#folder, `${this.#name}-${this.#letters}.${extension}`);
  }

  async catalog(): Promise<string> {
    const output = this.#letter('indacatalog');
    await writeCatalog({ db: this.db, output, created: '2026-03-14T10:15:00Z', label: this.#name });
    return output;
  }

  /** Compares with others; the requests are in the result. */
  async ask(remotes: readonly string[], options: Partial<AnalyzeOptions> = {}): Promise<AnalyzeResult> {
    const output =
      remotes.length === 1 ? this.#letter('indarequest') : join(this.#folder, `${this.#name}-requests`);
    return await analyze({ db: this.db, remotes, output, ...options });
  }

  /** Packs what a request asks for. */
  async answer(request: string): Promise<string> {
    const output = this.#letter('indabundle');
    await exportBundle({ db: this.db, selection: { kind: 'request', file: request }, output });
    return output;
  }

  /** Packs everything. */
  async pack(): Promise<string> {
    const output = this.#letter('indabundle');
    await exportBundle({ db: this.db, selection: { kind: 'all' }, output });
    return output;
  }

  async take(bundle: string) {
    return await applyBundle({ db: this.db, input: bundle, backup: false });
  }

  read(): ArchiveSnapshot {
    return readArchive(this.archive.dir);
  }

  /** What a query of the database answers. */
  query<Row>(sql: string, ...values: unknown[]): Row[] {
    const db = new Database(this.db, { readonly: true });
    try {
      return db.prepare<unknown[], Row>(sql).all(...values);
    } finally {
      db.close();
    }
  }

  run(sql: string, ...values: unknown[]): void {
    const db = new Database(this.db);
    try {
      db.pragma('foreign_keys = OFF'); // as Python opens it
      db.prepare(sql).run(...values);
    } finally {
      db.close();
    }
  }
}

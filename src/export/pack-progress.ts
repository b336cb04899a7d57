import type Database from 'better-sqlite3';
import { Statements } from '../archive/statements.ts';
import type { WriterState } from '../bundle/bundle-writer.ts';
import { FrameLengths } from '../bundle/seek-table.ts';

export const PROGRESS_TABLES = `
CREATE TABLE frames (volume INTEGER, number INTEGER, compressed INTEGER, content INTEGER, PRIMARY KEY (volume, number)) WITHOUT ROWID;
CREATE TABLE steps (volume INTEGER, ordinal INTEGER, position INTEGER, frames INTEGER, PRIMARY KEY (volume, ordinal)) WITHOUT ROWID;
`;

/** Everything up to a file of the plan is packed: the bundle has so many bytes then, in so many frames. */
export interface PackStep {
  /** Of the last file that was packed or left out; 0 behind the records. */
  readonly ordinal: number;
  readonly position: number;
  readonly frames: number;
}

/** How far a volume of a plan has been carried out, kept in the plan itself. */
export class PackProgress {
  readonly #db: Database.Database;
  readonly #volume: number;
  readonly #statements: Statements;
  #frames = 0;

  constructor(db: Database.Database, volume: number) {
    this.#db = db;
    this.#volume = volume;
    this.#statements = new Statements(db);
    this.#frames = Number(db.prepare('SELECT count(*) FROM frames WHERE volume = ?').pluck().get(volume));
  }

  /** Notes a step, with the frames that are new since the last one. */
  add(ordinal: number, state: WriterState, lengths: FrameLengths): void {
    const insert = this.#statements.get('INSERT INTO frames VALUES (?, ?, ?, ?)');
    for (; this.#frames < state.frames; this.#frames += 1) {
      insert.run(this.#volume, this.#frames, lengths.compressed(this.#frames), lengths.content(this.#frames));
    }
    this.#statements
      .get('INSERT INTO steps VALUES (?, ?, ?, ?)')
      .run(this.#volume, ordinal, state.position, state.frames);
  }

  /** The last step that ends within the first `bytes` bytes of the bundle; null when none does. */
  stepWithin(bytes: number): PackStep | null {
    const select = this.#db.prepare<[number, number], PackStep>(
      'SELECT ordinal, position, frames FROM steps WHERE volume = ? AND position <= ? ORDER BY position DESC, ordinal DESC LIMIT 1',
    );
    return select.get(this.#volume, bytes) ?? null;
  }

  /** Forgets everything behind a step; all of it without one. */
  goBackTo(step: PackStep | null): void {
    const { ordinal = -1, frames = 0 } = step ?? {};
    this.#db.prepare('DELETE FROM steps WHERE volume = ? AND ordinal > ?').run(this.#volume, ordinal);
    this.#db.prepare('DELETE FROM frames WHERE volume = ? AND number >= ?').run(this.#volume, frames);
    this.#db
      .prepare(
        'UPDATE files SET offset = NULL, reason = NULL, detail = NULL WHERE volume = ? AND ordinal > ? AND (offset IS NOT NULL OR reason IS NOT NULL)',
      )
      .run(this.#volume, ordinal);
    this.#frames = frames;
  }

  /** The frames up to the last step that is noted. */
  frameLengths(): FrameLengths {
    const lengths = new FrameLengths();
    const select = this.#db.prepare<[number], { compressed: number; content: number }>(
      'SELECT compressed, content FROM frames WHERE volume = ? ORDER BY number',
    );
    for (const frame of select.iterate(this.#volume)) lengths.add(frame);
    return lengths;
  }
}

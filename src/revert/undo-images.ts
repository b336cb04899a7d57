import { parseDigest } from '../base/digest.ts';
import type { Journal } from '../archive/journal.ts';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import { localSize } from '../archive/local-file.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { Archive } from '../archive/open.ts';
import type { Shape } from '../archive/shape.ts';
import { Statements } from '../archive/statements.ts';
import { type ImageVerdict, placedPaths } from './judge-image.ts';
import { PERSONAL_TABLES, type Step, StepFinder } from './steps.ts';
import type { ImageLeft, SyncRows } from './sync-rows.ts';
import { TableRows } from './table-rows.ts';
import type { Tally } from './tally.ts';

const PATH_COLUMNS = new Set(['local_path', 'sha256_hash']);

/** Takes back what was done to images, inside the caller's transaction; steps that are taken back leave the journal. */
export class UndoImages {
  readonly #statements: Statements;
  readonly #rows: TableRows;
  readonly #steps: StepFinder;
  readonly #shape: Shape;
  readonly #root: string;
  readonly #journal: Journal;
  readonly #operationId: string;
  readonly #sync: SyncRows;
  readonly #tally: Tally;

  constructor(
    { db, shape, root }: Pick<Archive, 'db' | 'shape' | 'root'>,
    journal: Journal,
    operationId: string,
    sync: SyncRows,
    tally: Tally,
  ) {
    this.#steps = new StepFinder(db);
    this.#statements = new Statements(db);
    this.#rows = new TableRows(db);
    this.#shape = shape;
    this.#root = root;
    this.#journal = journal;
    this.#operationId = operationId;
    this.#sync = sync;
    this.#tally = tally;
  }

  undo(verdict: ImageVerdict): void {
    switch (verdict.action) {
      case 'keep':
        this.#tally.keep({ what: 'image', name: String(verdict.id), reason: verdict.reason! });
        return;
      case 'gone':
        this.#dropSteps(verdict.steps);
        this.#scheduleFiles(verdict.steps);
        this.#removeLinks(verdict.id);
        return;
      case 'remove':
        return this.#remove(verdict);
      case 'set-back':
        return this.#setBack(verdict);
    }
  }

  #remove({ id, steps }: ImageVerdict): void {
    this.#removeLinks(id);
    this.#removePersonal(id);
    this.#sync.forgetImage(id);
    this.#tally.imagesRemoved += this.#statements.get('DELETE FROM main.images WHERE id = ?').run(id).changes;
    this.#scheduleFiles(steps);
    this.#dropSteps(steps);
  }

  /** Columns go back one by one, the last change first, where nobody changed them since. */
  #setBack({ id, steps, keepPath }: ImageVerdict): void {
    this.#removeLinks(id);
    if (keepPath !== null) this.#tally.keep({ what: 'image', name: String(id), reason: keepPath });
    const open = keepPath === null ? steps : steps.filter((step) => !PATH_COLUMNS.has(step.column!));
    for (const step of open.toReversed()) this.#setColumnBack(id, step);
    if (open.some((step) => step.column === 'local_path')) {
      this.#tally.imagesSetBack += 1;
      this.#sync.reopenImage(id, this.#left(id));
    }
    this.#scheduleFiles(open);
  }

  #left(id: number): ImageLeft {
    const columns = ['local_path', 'sha256_hash'].map((column) => this.#shape.text('images', column)).join();
    const row = this.#statements
      .get<Pick<LocalImage, 'local_path' | 'sha256_hash'>>(`SELECT ${columns} FROM main.images WHERE id = ?`)
      .get(id)!;
    const hasFile = (localSize(this.#root, row) ?? 0) > 0;
    return { hasFile, digest: parseDigest(row.sha256_hash) };
  }

  #setColumnBack(id: number, step: Step): void {
    const column = `"${step.column}"`;
    const { changes } = this.#statements
      .get(`UPDATE main.images SET ${column} = ? WHERE id = ? AND ${column} IS ?`)
      .run(step.old, id, step.new);
    if (changes === 0) {
      this.#tally.keep({ what: 'column', name: `${id} ${step.column}`, reason: 'changed' });
      return;
    }
    if (!PATH_COLUMNS.has(step.column!)) this.#tally.columnsEmptied += 1;
    this.#dropSteps([step]);
  }

  #removeLinks(id: number): void {
    for (const kind of LINK_KINDS) {
      const { junction, column } = LINK_TABLES[kind];
      if (!this.#shape.has(junction)) continue;
      const remove = this.#statements.get(
        `DELETE FROM main.${junction} WHERE image_id = ? AND ${column} IN (SELECT target FROM temp.links WHERE junction = '${junction}' AND image = ?)`,
      );
      this.#tally.linksRemoved += remove.run(id, id).changes;
      this.#dropSteps(this.#steps.of(junction, String(id)));
    }
  }

  /** Notes and marks that the operation made for this image. */
  #removePersonal(id: number): void {
    for (const table of PERSONAL_TABLES) {
      if (!this.#shape.hasColumn(table, 'image_id')) continue;
      const ours = this.#statements
        .get<string>(`SELECT ${this.#rows.keyOf(table).text} FROM main.${table} WHERE image_id = ?`)
        .pluck()
        .all(id);
      for (const key of ours) {
        this.#rows.remove(table, key);
        this.#tally.personalRemoved += 1;
        this.#dropSteps(this.#steps.of(table, key));
      }
    }
  }

  /** Files go when all rows are back and durable: a row must never lack its file. */
  #scheduleFiles(steps: readonly Step[]): void {
    for (const path of placedPaths(steps)) {
      const digest = this.#statements
        .get<string>('SELECT digest FROM temp.placed WHERE path = ?')
        .pluck()
        .get(path);
      if (digest !== undefined)
        this.#journal.add({ record: null, outcome: null, table: 'files', key: path, old: digest });
    }
  }

  #dropSteps(steps: readonly Step[]): void {
    const drop = this.#statements.get(
      'DELETE FROM main.indabundle_journal WHERE operation = ? AND sequence = ?',
    );
    for (const { sequence } of steps) drop.run(this.#operationId, sequence);
  }
}

import { statSync } from 'node:fs';
import type { Digest } from '../base/digest.ts';
import { asBundleError, systemCode } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { sideBySide } from '../base/side-by-side.ts';
import { hashFile } from '../archive/file-digest.ts';
import { type Archive, locate, openToRead } from '../archive/open.ts';
import { photoPath } from '../archive/photo-path.ts';
import { type ArrivedRow, arrivedRows, type ArrivedRows } from './arrived-rows.ts';
import type { ArrivedOptions, ArrivedProblem, ArrivedProblemKind, ArrivedResult } from './arrived-types.ts';

/** Problems that are listed, at most. */
const MOST = 1000;

/**
 * Reads every photo again that a list or an operation brought, and holds it against the digest that
 * arrived. Writes nothing.
 *
 * @throws BundleError `list-not-found`, `operation-not-found`, `db-...`, `interrupted`
 */
export async function verifyArrived(options: ArrivedOptions): Promise<ArrivedResult> {
  const started = performance.now();
  const database = locate(options.db);
  try {
    const archive = openToRead(options.db, { root: options.root, observer: options.observer });
    try {
      const rows = arrivedRows(archive, options);
      const tally = await verifyRows(archive, rows, options);
      return {
        database: archive.path,
        listId: 'listId' in options ? options.listId : null,
        operationId: 'operationId' in options ? options.operationId : null,
        ...tally.result(rows),
        seconds: (performance.now() - started) / 1000,
      };
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  }
}

async function verifyRows(archive: Archive, rows: ArrivedRows, options: ArrivedOptions): Promise<Tally> {
  const { observer = silent, signal } = options;
  const { counts } = rows;
  const tally = new Tally();
  const total = counts.rows - counts.waiting - counts.failed;
  observer({ type: 'phase', phase: 'check', total, unit: 'records' });
  let done = 0;
  for (const page of rows.pages()) {
    for await (const [row, state] of sideBySide(page, (one) => stateOf(archive.root, one, signal))) {
      signal?.throwIfAborted();
      tally.add(row, state);
      done += 1;
      observer({ type: 'progress', done, ...(row.localPath === null ? {} : { item: row.localPath }) });
    }
  }
  return tally;
}

/** What a row turned out to be, with the digest of the file where it was read. */
interface State {
  readonly kind: 'whole' | 'replaced' | 'unproven' | 'withoutFile' | ArrivedProblemKind;
  readonly found?: Digest;
  readonly size?: number;
}

/** Outcomes that left the receiver's archive without a file of the sender's. */
const WITHOUT_FILE: ReadonlySet<string> = new Set(['banned', 'metadata-only', 'failed']);

async function stateOf(root: string, row: ArrivedRow, signal: AbortSignal | undefined): Promise<State> {
  if (row.outcome !== null && WITHOUT_FILE.has(row.outcome)) return { kind: 'withoutFile' };
  if (row.imageId === null) return { kind: row.outcome === null ? 'withoutFile' : 'gone' };
  if (!row.exists) return { kind: 'gone' };
  if (row.outcome === 'conflict' && row.own !== row.expected) return { kind: 'withoutFile' };
  return await fileState(root, row, signal);
}

async function fileState(root: string, row: ArrivedRow, signal: AbortSignal | undefined): Promise<State> {
  if (!row.localPath) return { kind: 'missing' };
  const path = photoPath(root, row.localPath);
  try {
    if (!statSync(path).isFile()) return { kind: 'missing' };
    const { digest, size } = await hashFile(path, signal);
    return { kind: judge(digest, row), found: digest, size };
  } catch (error) {
    const code = systemCode(error);
    if (/^(ENOENT|ENOTDIR|ENAMETOOLONG|ELOOP|ERR_INVALID_ARG_VALUE)$/.test(code)) return { kind: 'missing' };
    if (/^(EACCES|EPERM|EIO|EISDIR|EBUSY)$/.test(code)) return { kind: 'unreadable' };
    throw error;
  }
}

function judge(found: Digest, { expected, own }: ArrivedRow): State['kind'] {
  if (found === expected) return 'whole';
  if (found === own) return expected === null ? 'whole' : 'replaced';
  return own === null ? 'unproven' : 'changed';
}

/** Counts the rows by what they turned out to be, and keeps the first of those that are not in order. */
class Tally {
  readonly #counts = new Map<State['kind'], number>();
  readonly #problems: ArrivedProblem[] = [];
  #problemsTotal = 0;
  #bytesRead = 0;

  add(
    row: ArrivedRow,
    { kind, found = null, size = 0 }: Omit<State, 'found'> & { found?: Digest | null },
  ): void {
    this.#counts.set(kind, this.#count(kind) + 1);
    this.#bytesRead += size;
    if (kind === 'whole' || kind === 'replaced' || kind === 'unproven' || kind === 'withoutFile') return;
    this.#problemsTotal += 1;
    if (this.#problems.length === MOST) return;
    const { imageId, localPath: path, expected, own } = row;
    this.#problems.push({ kind, imageId, path, expected: expected ?? own, found });
  }

  #count(kind: State['kind']): number {
    return this.#counts.get(kind) ?? 0;
  }

  result({ counts }: ArrivedRows): Omit<ArrivedResult, 'database' | 'listId' | 'operationId' | 'seconds'> {
    const isDamaged = this.#problemsTotal > 0;
    const isIncomplete = counts.waiting + counts.failed > 0;
    return {
      verdict: isDamaged ? 'damaged' : isIncomplete ? 'incomplete' : 'whole',
      ...counts,
      withoutFile: this.#count('withoutFile'),
      whole: this.#count('whole'),
      replaced: this.#count('replaced'),
      unproven: this.#count('unproven'),
      changed: this.#count('changed'),
      missing: this.#count('missing'),
      unreadable: this.#count('unreadable'),
      gone: this.#count('gone'),
      bytesRead: this.#bytesRead,
      problems: this.#problems,
      problemsTotal: this.#problemsTotal,
    };
  }
}

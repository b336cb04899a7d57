import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { BundleError, systemCode } from '../base/errors.ts';
import { firstBytes } from '../base/first-bytes.ts';
import { checkOutputPath } from '../base/output-path.ts';
import { statusAt } from '../base/status-at.ts';
import { filesOf } from '../archive/database-files.ts';

const COLUMNS = ['record', 'outcome', 'image_id', 'path', 'digest', 'title', 'author', 'url', 'message'];
const ROWS = 1000;
const FIRST_LINE = `\uFEFF${COLUMNS.join()}\n`;

/**
 * Tells before anything is applied that no report can be written there, or that it would take the place of
 * another file. Only an earlier report is replaced.
 *
 * @throws BundleError `output-is-input`, `option-value`
 */
export function checkReportPath(path: string, database: string, bundle: unknown): void {
  const inputs = [...filesOf(database), ...(typeof bundle === 'string' ? [resolve(bundle)] : [])];
  checkOutputPath(resolve(path), { force: true, inputs, option: '--report', inPlace: true });
  if (mayBeReplaced(path)) return;
  throw new BundleError('option-value', {
    params: { option: '--report', found: path, expected: 'a new file, or an earlier report' },
  });
}

/** True for a report, an empty file, and what is no file at all, such as a pipe. */
function mayBeReplaced(path: string): boolean {
  const found = statusAt(path);
  if (!found?.isFile() || found.size === 0) return true;
  return firstBytes(path, Buffer.byteLength(FIRST_LINE)).toString() === FIRST_LINE;
}

/**
 * Writes a CSV file of everything that one operation did, as its books have it. Cells that a
 * spreadsheet would take for a formula are quoted.
 *
 * @throws BundleError `report-failed`
 */
export async function writeReport(db: Database.Database, operationId: string, path: string): Promise<void> {
  try {
    await writeRows(db, operationId, path);
  } catch (error) {
    if (!systemCode(error).startsWith('E')) throw error;
    throw new BundleError('report-failed', { cause: error, params: { path } });
  }
}

async function writeRows(db: Database.Database, operationId: string, path: string): Promise<void> {
  const select = db.prepare<[string, number], Record<string, unknown> & { sequence: number }>(
    `SELECT journal.sequence, CASE WHEN journal.record % 4294967296 < 2147483648 THEN journal.record % 4294967296 + 1 END AS record, journal.outcome, files.image_id, coalesce(files.file_path, images.local_path) AS path, files.file_hash AS digest,
            images.title, images.author, images.url, files.error_message AS message
     FROM indabundle_journal journal JOIN sync_files files ON files.id = CAST(journal."key" AS INTEGER)
     LEFT JOIN images ON images.id = files.image_id
     WHERE journal.operation = ? AND journal.outcome IS NOT NULL AND journal.sequence > ? ORDER BY journal.sequence LIMIT ${ROWS}`,
  );
  const { stringify } = await import('csv-stringify/sync');
  const file = await open(path, 'w');
  try {
    await file.write(FIRST_LINE);
    for (let last = 0; ; ) {
      const rows = select.all(operationId, last);
      if (rows.length === 0) break;
      await file.write(stringify(rows, { columns: COLUMNS, escape_formulas: true }));
      last = rows.at(-1)!.sequence;
    }
  } finally {
    await file.close();
  }
}

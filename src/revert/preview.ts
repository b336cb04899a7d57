import type { Observer } from '../base/events.ts';
import { statusAt } from '../base/status-at.ts';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';
import { photoPath } from '../archive/photo-path.ts';
import { ImageJudge, type ImageVerdict, placedPaths } from './judge-image.ts';
import { checkRoot } from './check-root.ts';
import { countTouched, loadSteps, touchedImages } from './steps.ts';
import type { Tally } from './tally.ts';
import { countOther, otherInserts, UndoOthers } from './undo-others.ts';

const PAGE = 1000;

/** Tells what reverting would do, without writing anything but temporary tables. */
export async function previewRevert(
  archive: Archive,
  operationId: string,
  tally: Tally,
  observer: Observer,
  signal?: AbortSignal,
): Promise<void> {
  const { db, shape } = archive;
  loadSteps(db, operationId);
  checkRoot(archive);
  db.exec('CREATE TEMP TABLE staying (image INTEGER PRIMARY KEY)');
  const stays = db.prepare('INSERT OR IGNORE INTO temp.staying VALUES (?)');
  const judge = new ImageJudge(archive, { looksOnly: true });
  observer({ type: 'phase', phase: 'check', total: countTouched(db), unit: 'records' });
  let done = 0;
  for (const ids of touchedImages(db, PAGE)) {
    for await (const { verdict, fileChanged } of judge.judgeAll(ids, signal)) {
      previewImage(archive, verdict, fileChanged, tally);
      if (verdict.action === 'keep' || (verdict.action === 'remove' && fileChanged)) stays.run(verdict.id);
    }
    done += ids.length;
    observer({ type: 'progress', done });
  }
  previewLinks(archive, tally);
  const others = new UndoOthers(db, shape, { looksOnly: true });
  for (const insert of otherInserts(db, shape)) countOther(insert, others.judge(insert, 'going'), tally);
}

function previewImage({ root }: Archive, verdict: ImageVerdict, fileChanged: boolean, tally: Tally): void {
  const { id, action, reason, keepPath, steps } = verdict;
  const name = String(id);
  const kept = reason ?? keepPath ?? (fileChanged ? 'file-changed' : null);
  if (kept !== null) return tally.keep({ what: 'image', name, reason: kept });
  if (action === 'remove') tally.imagesRemoved += 1;
  else if (steps.some((step) => step.column === 'local_path')) tally.imagesSetBack += 1;
  if (action === 'set-back')
    tally.columnsEmptied += steps.filter(
      (step) => step.column !== 'local_path' && step.column !== 'sha256_hash',
    ).length;
  for (const path of placedPaths(steps)) {
    const size = statusAt(photoPath(root, path))?.size;
    if (size === undefined) continue;
    tally.filesRemoved += 1;
    tally.bytesFreed += size;
  }
}

function previewLinks({ db, shape }: Archive, tally: Tally): void {
  for (const kind of LINK_KINDS) {
    const { junction, column } = LINK_TABLES[kind];
    if (!shape.has(junction)) continue;
    const count =
      db.prepare(`SELECT count(*) FROM temp.links ours JOIN main.${junction} link ON link.image_id = ours.image AND link.${column} = ours.target
                              WHERE ours.junction = '${junction}' AND ours.image NOT IN (SELECT image FROM temp.staying)`);
    tally.linksRemoved += Number(count.pluck().get());
  }
}

import { randomBytes } from 'node:crypto';
import { canonicalLine } from '../base/canonical-json.ts';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { formatUtcTime, parseUtcTime } from '../base/utc-time.ts';
import { LOOK_BYTES } from '../base/threads.ts';
import { VERSION } from '../base/version.ts';
import { sourceLabel } from '../base/head-facts.ts';
import { KeyIndex } from '../archive/key-index.ts';
import { findsPhotos } from '../archive/any-file.ts';
import type { Archive } from '../archive/open.ts';
import { chooseRows } from './choose-rows.ts';
import type { ExportFacts } from './make-manifest.ts';
import type { ExportRun } from './crew.ts';
import type { ExportOptions, ExportResult } from './options.ts';
import { planVolumes } from './plan-series.ts';
import { PlanStore } from './plan-store.ts';
import { survey, type SurveyCounts } from './survey.ts';

/** A plan that is complete, with what follows from it. */
export interface Prepared {
  readonly plan: PlanStore;
  readonly exportId: string;
  /** UTC, to the second. */
  readonly created: string;
  readonly forReceiver: ExportResult['forReceiver'];
  readonly resumed: boolean;
}

/** The options that decide what is in a bundle. */
const ASKED = [
  'selection',
  'metadataUpdates',
  'includePersonal',
  'rehash',
  'maps',
  'level',
  'label',
  'created',
  'exportId',
  'volumeSize',
] as const satisfies readonly (keyof ExportOptions)[];

/** What was asked for, so that a plan is gone on with only by whoever asks for the same. */
export function stampOf(archive: Archive, options: ExportOptions): string {
  const asked = Object.fromEntries(ASKED.map((option) => [option, options[option]]));
  return canonicalLine({ version: VERSION, database: archive.path, root: archive.root, ...asked });
}

/** Goes on with the plan of an interrupted export, where there is one for the same question. */
export function reopenPlan(path: string, stamp: string): Prepared | null {
  const plan = PlanStore.reopen(path, stamp);
  if (plan === null) return null;
  const { exportId, created, forReceiver } = JSON.parse(plan.fact('head')!) as Pick<
    Prepared,
    'exportId' | 'created' | 'forReceiver'
  >;
  return { plan, exportId, created, forReceiver, resumed: true };
}

/** Decides what is packed, and writes it down at `path` ('' for a temporary file). */
export async function makeNewPlan(
  archive: Archive,
  path: string,
  stamp: string,
  options: ExportRun,
  observer: Observer,
): Promise<Prepared> {
  const names = exportNames(options);
  const { rehash = false, metadataUpdates = false, includePersonal = false } = options;
  const { maps = [], crew, signal } = options;
  const listId = await chooseRows(archive, options.selection, { maps, crew, observer, signal });
  if (archive.db.prepare('SELECT 1 FROM temp.chosen LIMIT 1').get() === undefined)
    observer({ type: 'notice', notice: 'nothing-selected', params: {} });
  else await findsPhotos(archive, observer, 'own-photos-missing', maps);
  const surveyed = await survey(archive, { rehash, metadataUpdates, maps, crew, observer, signal });
  if (listId === null) sayNeverDownloaded(surveyed, observer);
  const { rows: expected, bytes } = surveyed;
  if (options.dryRun !== true) crew.forWork(bytes); // they start while the plan is made
  if (listId !== null) archive.db.exec('CREATE INDEX temp.survey_id ON survey (id)');
  const plan = PlanStore.create(path, () => new KeyIndex(archive.scratch, 'planned_contents', expected));
  const threads = crew.forWork(expected * LOOK_BYTES);
  try {
    const make = { includePersonal, threads, observer, signal };
    await planVolumes(archive, plan, options, { ...names, listId }, make);
    await crew.leaveArchive(archive.db.name);
    const forReceiver = options.selection.kind === 'for' ? reasons(archive) : undefined;
    plan.remember('stamp', stamp);
    plan.remember('head', JSON.stringify({ ...names, forReceiver }));
    await plan.seal();
    return { plan, ...names, forReceiver, resumed: false };
  } catch (error) {
    plan.close();
    throw error;
  }
}

/** Who asked for an image is told of it by name; who did not, by the number. */
function sayNeverDownloaded({ neverDownloaded: count }: SurveyCounts, observer: Observer): void {
  if (count > 0) observer({ type: 'notice', notice: 'never-downloaded', params: { count } });
}

/** @throws BundleError `option-value` */
function exportNames(options: ExportOptions): Omit<ExportFacts, 'listId'> {
  sourceLabel(options.label);
  const exportId = options.exportId ?? randomBytes(8).toString('hex');
  const created = options.created ?? formatUtcTime(new Date());
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(exportId)) {
    throw new BundleError('option-value', {
      params: {
        option: '--export-id',
        found: exportId,
        expected: 'up to 64 letters (A-Z, a-z), digits, dots, dashes, underscores',
      },
    });
  }
  if (parseUtcTime(created) === null) {
    throw new BundleError('option-value', {
      params: {
        option: '--created',
        found: created,
        expected: 'a time in UTC from 1970 to 2242, such as 2026-03-14T10:15:00Z',
      },
    });
  }
  return { exportId, created };
}

function reasons(archive: Archive): { missing: number; restore: number; conflict: number } {
  const count = archive.db
    .prepare<[string], number>(`SELECT count(*) FROM temp.survey WHERE why = ? AND state = 'ok'`)
    .pluck();
  return {
    missing: count.get('missing') ?? 0,
    restore: count.get('restore') ?? 0,
    conflict: count.get('conflict') ?? 0,
  };
}

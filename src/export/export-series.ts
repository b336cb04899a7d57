import { existsSync, rmSync } from 'node:fs';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { volumeNumbersText } from '../base/volume-text.ts';
import { type Archive, locate } from '../archive/open.ts';
import { PART_SUFFIX } from '../bundle/part-file.ts';
import { volumeName } from '../bundle/volumes.ts';
import { recordExport } from './bookkeeping.ts';
import { checkRoom } from './check-room.ts';
import { figuresOf, resultOf } from './export-result.ts';
import type { ExportRun } from './crew.ts';
import type { ExportedVolume, ExportOptions, ExportResult } from './options.ts';
import { madeBefore, type Packed, packVolume } from './pack-volume.ts';
import type { PlanStore } from './plan-store.ts';
import type { PlanVolume } from './plan-volume.ts';
import { makeNewPlan, type Prepared, reopenPlan, stampOf } from './prepare-plan.ts';
import { SeriesOutput, stemOf } from './series-output.ts';
import { largestSize } from './volume-bound.ts';

/**
 * Packs pictures into volumes in a folder. The plan stays there until every volume was made once;
 * until then whoever asks the same makes more of them from it.
 *
 * @throws BundleError `volume-too-small`, `series-begun`, and what a single bundle throws
 */
export async function exportSeries(
  archive: Archive,
  name: string,
  options: ExportRun,
  observer: Observer,
): Promise<ExportResult> {
  const output = SeriesOutput.take(name, archive);
  try {
    const prepared = await preparedFor(archive, output, options, observer);
    const { plan } = prepared;
    let isOfUse = true;
    try {
      return await new SeriesRun(archive, output, prepared, options, observer).run();
    } catch (error) {
      isOfUse = !isWrongOption(error) || plan.volumes().some(({ written }) => written !== null);
      throw error;
    } finally {
      plan.close();
      if (!isOfUse) output.removePlan();
    }
  } finally {
    output.release();
  }
}

const isWrongOption = (error: unknown) => error instanceof BundleError && error.code === 'option-value';

/** The plan that lies there, where it answers the same question; else a new one. */
async function preparedFor(
  archive: Archive,
  output: SeriesOutput,
  options: ExportRun,
  observer: Observer,
): Promise<Prepared> {
  const stamp = stampOf(archive, options);
  const earlier = reopenPlan(output.planPath, stamp);
  if (earlier !== null) {
    observer({ type: 'notice', notice: 'resuming', params: { operation: earlier.exportId } });
    return earlier;
  }
  if (!options.force) {
    if (output.isBegun) throw new BundleError('series-begun', { params: { path: output.planPath } });
    const [there] = output.names();
    if (there !== undefined)
      throw new BundleError('output-exists', { params: { path: `${output.folder}/${there}` } });
  }
  output.removePlan();
  return await makeNewPlan(archive, output.planPath, stamp, options, observer).catch((error: unknown) => {
    output.removePlan();
    throw error;
  });
}

/** One run over a series: some of its volumes, or all that were never made. */
class SeriesRun {
  readonly #archive: Archive;
  readonly #output: SeriesOutput;
  readonly #prepared: Prepared;
  readonly #options: ExportRun;
  readonly #observer: Observer;
  readonly #made = new Set<PlanVolume>();

  constructor(
    archive: Archive,
    output: SeriesOutput,
    prepared: Prepared,
    options: ExportRun,
    observer: Observer,
  ) {
    this.#archive = archive;
    this.#output = output;
    this.#prepared = prepared;
    this.#options = options;
    this.#observer = observer;
  }

  get #plan(): PlanStore {
    return this.#prepared.plan;
  }

  #pathOf({ number }: PlanVolume): string {
    return this.#output.pathOf(number, this.#plan.count);
  }

  async run(): Promise<ExportResult> {
    const about = this.#chosen();
    const toMake = about.filter((volume) => this.#before(volume) === null);
    this.#checkFree(toMake);
    const outcome = new Map<PlanVolume, Packed | null>(about.map((volume) => [volume, this.#before(volume)]));
    for (const volume of toMake) {
      const path = this.#pathOf(volume);
      if (this.#options.force) rmSync(path, { force: true });
      outcome.set(volume, await packVolume(this.#prepared, volume, path, this.#options, this.#observer));
      this.#made.add(volume);
    }
    return await this.#finish(outcome);
  }

  /** Those that are asked for; else those that were never made, and those that lie there. */
  #chosen(): PlanVolume[] {
    const { volumes } = this.#options;
    const { count } = this.#plan;
    const wrong = volumes?.find((number) => !Number.isInteger(number) || number < 1 || number > count);
    if (wrong !== undefined) {
      throw new BundleError('option-value', {
        params: {
          option: '--volumes',
          found: String(wrong),
          expected: `numbers from 1 to ${count}: the series has so many volumes`,
        },
      });
    }
    if (volumes !== undefined) return volumes.map((number) => this.#plan.volume(number));
    return this.#plan
      .volumes()
      .filter(
        (volume) =>
          volume.written === null ||
          existsSync(this.#pathOf(volume)) ||
          existsSync(this.#pathOf(volume) + PART_SUFFIX),
      );
  }

  #before(volume: PlanVolume): Packed | null {
    return madeBefore(volume, this.#pathOf(volume));
  }

  /** @throws BundleError `output-exists`, `file-too-large`, `no-space` */
  #checkFree(toMake: readonly PlanVolume[]): void {
    const taken = this.#options.force ? undefined : toMake.find((volume) => existsSync(this.#pathOf(volume)));
    if (taken) throw new BundleError('output-exists', { params: { path: this.#pathOf(taken) } });
    try {
      checkRoom(toMake.map((volume) => ({ path: this.#pathOf(volume), largest: largestSize(volume) })));
    } catch (error) {
      this.#dropUnused();
      throw error;
    }
  }

  /** A plan that nothing was made from is not worth keeping. */
  #dropUnused(): void {
    const used = this.#plan
      .volumes()
      .some((volume) => volume.written !== null || existsSync(this.#pathOf(volume) + PART_SUFFIX));
    if (used) return;
    this.#plan.close();
    this.#output.removePlan();
  }

  async #finish(outcome: ReadonlyMap<PlanVolume, Packed | null>): Promise<ExportResult> {
    const { folder } = this.#output;
    const { exportId } = this.#prepared;
    const facts = {
      db: locate(this.#options.db),
      root: this.#archive.root,
      exportId,
      output: folder,
      now: new Date(),
      observer: this.#observer,
    };
    this.#archive.close(); // whoever writes the books must be the last to leave a WAL database
    await recordExport(this.#plan, facts);
    const result = resultOf(this.#prepared, outcome, { path: folder, dryRun: false, volumes: this.#list() });
    const open = this.#plan.volumes().filter(({ written }) => written === null);
    if (open.length > 0) this.#keepPlan(open);
    else this.#closeSeries();
    return result;
  }

  #keepPlan(open: readonly PlanVolume[]): void {
    const volumes = volumeNumbersText(open.map(({ number }) => number));
    this.#observer({ type: 'notice', notice: 'plan-kept', params: { path: this.#output.planPath, volumes } });
  }

  #closeSeries(): void {
    const paths = new Set(this.#plan.volumes().map((volume) => this.#pathOf(volume)));
    this.#plan.close();
    this.#output.removePlan();
    if (this.#options.force) this.#output.removeOthers(paths);
  }

  #list(): ExportedVolume[] {
    const { count } = this.#plan;
    return this.#plan
      .volumes()
      .map((volume) => exported(volume, count, this.#output.stem, this.#stateOf(volume), volume.written));
  }

  #stateOf(volume: PlanVolume): ExportedVolume['state'] {
    if (this.#made.has(volume)) return 'made';
    if (volume.written === null) return 'planned';
    return this.#before(volume) === null ? 'gone' : 'there';
  }
}

/** The volumes of a dry run. */
export function plannedVolumes(plan: PlanStore, { output }: ExportOptions): ExportedVolume[] {
  const stem = typeof output === 'string' ? stemOf(output) : stemOf('/');
  return plan.volumes().map((volume) => exported(volume, plan.count, stem, 'planned', null));
}

function exported(
  volume: PlanVolume,
  count: number,
  stem: string,
  state: ExportedVolume['state'],
  packed: Packed | null,
): ExportedVolume {
  const { records, files, payloadBytes, bundleBytes } = figuresOf(volume, packed);
  return {
    number: volume.number,
    name: volumeName(stem, volume.number, count),
    state,
    bundleId: packed?.bundleId ?? '',
    bundleBytes,
    records,
    files,
    payloadBytes,
  };
}

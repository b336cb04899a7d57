import { MAX_MANIFEST_BYTES } from '../base/limits.ts';
import { BundleError } from '../base/errors.ts';
import type { Archive } from '../archive/open.ts';
import type { Manifest } from '../manifest/types.ts';
import { unserved } from './choose-wanted.ts';
import { cutVolumes } from './cut-volumes.ts';
import { type ExportFacts, makeManifest } from './make-manifest.ts';
import { type MakePlanOptions, PlanMaker } from './make-plan.ts';
import { measureRows } from './measure-rows.ts';
import type { ExportOptions } from './options.ts';
import type { PlanStore } from './plan-store.ts';
import { largestSize, manifestLength } from './volume-bound.ts';
import { omissionLine } from './write-lists.ts';

/** Plans everything that was surveyed as one bundle, or as volumes where a size is asked for. */
export async function planVolumes(
  archive: Archive,
  plan: PlanStore,
  options: ExportOptions,
  facts: ExportFacts,
  make: MakePlanOptions,
): Promise<void> {
  const planner = new VolumePlanner(archive, plan, options, facts, make);
  if (options.volumeSize === undefined) await planner.makeOne();
  else await planner.makeSeries(options.volumeSize);
  planner.tell();
}

class VolumePlanner {
  readonly #archive: Archive;
  readonly #plan: PlanStore;
  readonly #options: ExportOptions;
  readonly #facts: ExportFacts;
  readonly #make: MakePlanOptions;
  #maker: PlanMaker;

  constructor(
    archive: Archive,
    plan: PlanStore,
    options: ExportOptions,
    facts: ExportFacts,
    make: MakePlanOptions,
  ) {
    this.#archive = archive;
    this.#plan = plan;
    this.#options = options;
    this.#facts = facts;
    this.#make = make;
    this.#maker = new PlanMaker(archive, plan, make);
  }

  tell(): void {
    this.#maker.tell();
  }

  async makeOne(): Promise<void> {
    const summary = await this.#maker.makeVolume(1);
    this.#addUnserved(() => 1);
    this.#makeManifests([summary]);
  }

  /**
   * Cuts, plans, and looks whether every volume, with its own manifest, stays within the size; where
   * one does not, cuts again with more room for manifests.
   */
  async makeSeries(size: number): Promise<void> {
    let manifest = this.#manifestOfAll(await measureRows(this.#archive, this.#make));
    for (;;) {
      const cut = await cutVolumes(this.#archive, { size, manifest }, this.#unservedLines());
      this.#plan.clear();
      this.#maker = new PlanMaker(this.#archive, this.#plan, this.#make);
      const summaries: Manifest['summary'][] = [];
      for (let number = 1; number <= cut.count; number += 1)
        summaries.push(await this.#maker.makeVolume(number));
      this.#addUnserved((place) => cut.unserved[place]!);
      this.#makeManifests(summaries);
      const excess = Math.max(...this.#plan.volumes().map(largestSize)) - size;
      if (excess <= 0) return;
      manifest += excess;
    }
  }

  /** How long the manifest of a volume may be, without its shards: about as long as that of everything. */
  #manifestOfAll(summary: Manifest['summary']): number {
    this.#plan.addVolume(1);
    const manifest = makeManifest(this.#plan.volume(1), summary, 1, this.#options, this.#facts);
    return manifestLength(manifest) + 256;
  }

  *#unservedLines(): Generator<number> {
    if (this.#facts.listId === null) return;
    for (const omission of unserved(this.#archive)) yield Buffer.byteLength(omissionLine(omission));
  }

  #addUnserved(volumeOf: (place: number) => number): void {
    if (this.#facts.listId === null) return;
    let place = 0;
    for (const omission of unserved(this.#archive)) {
      this.#plan.addOmission(volumeOf(place), omission);
      place += 1;
    }
  }

  #makeManifests(summaries: readonly Manifest['summary'][]): void {
    const { count } = this.#plan;
    for (const volume of this.#plan.volumes()) {
      const manifest = makeManifest(volume, summaries[volume.number - 1]!, count, this.#options, this.#facts);
      checkManifestSize(manifest);
      this.#plan.setManifest(volume.number, manifest);
    }
  }
}

/** @throws BundleError `usage` */
function checkManifestSize(manifest: Manifest): void {
  if (Buffer.byteLength(JSON.stringify(manifest, null, 2)) <= MAX_MANIFEST_BYTES) return;
  throw new BundleError('usage', {
    params: { problem: 'Too many pictures for one bundle; choose fewer with filters.', command: 'export' },
  });
}

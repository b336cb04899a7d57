import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';
import type { Archive } from '../archive/open.ts';
import { recordName } from '../manifest/record-name.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { judgeMedia, notAPicture, SNIFF_BYTES } from './media-type.ts';
import { mergeContext } from './merge-context.ts';
import type { Outcome, OutcomeTally } from './outcomes.ts';
import { type MergePlan, type PlanOptions, planMerge } from './plan-merge.ts';

interface Needed {
  readonly digest: Digest;
  readonly outcome: Outcome;
  readonly records: number;
  readonly refused: 0 | 1;
}

/** A record that would fail although all of the bundle is whole. */
export interface Refusal {
  readonly record: string;
  readonly reason: string;
}

export interface ForecastOptions extends PlanOptions {
  readonly allowTypes?: readonly string[] | undefined;
}

/**
 * What applying a bundle to an archive would find. Records come before the photos that they need:
 * which of those are lost, or no pictures, is known at the end only.
 */
export class Forecast {
  readonly archive: Archive;
  readonly headBytes = SNIFF_BYTES;
  /** The first of them, in the order of the bundle. */
  refusal: Refusal | null = null;

  readonly #plan: MergePlan;
  readonly #allowTypes: readonly string[];
  readonly #note: Database.Statement<[string, string, string]>;
  readonly #name: Database.Statement<[string], string>;
  readonly #refuse: Database.Statement<[string]>;

  private constructor(archive: Archive, plan: MergePlan, allowTypes: readonly string[]) {
    const { scratch } = archive;
    this.archive = archive;
    this.#plan = plan;
    this.#allowTypes = allowTypes;
    scratch.exec(`CREATE TABLE needed_photos (digest TEXT, outcome TEXT, name TEXT, records INTEGER, refused INTEGER DEFAULT 0,
                  PRIMARY KEY (digest, outcome)) WITHOUT ROWID`);
    this.#note = scratch.prepare(
      'INSERT INTO needed_photos VALUES (?, ?, ?, 1, 0) ON CONFLICT DO UPDATE SET records = records + 1',
    );
    this.#name = scratch
      .prepare<[string], string>('SELECT name FROM needed_photos WHERE digest = ? LIMIT 1')
      .pluck();
    this.#refuse = scratch.prepare('UPDATE needed_photos SET refused = 1 WHERE digest = ?');
  }

  static async of(archive: Archive, options: ForecastOptions): Promise<Forecast> {
    const plan = planMerge(await mergeContext(archive), { ...options, checkPlaces: true });
    return new Forecast(archive, plan, options.allowTypes ?? []);
  }

  /** `null` is a record that was refused. */
  async add(record: ImageRecord | null): Promise<void> {
    const { restsOnFile, outcome, reason } = await this.#plan.add(record);
    const name = recordName(record);
    if (reason !== null) this.refusal ??= { record: name, reason };
    if (restsOnFile && record?.file) this.#note.run(record.file.digest, outcome, name);
  }

  /** True when a record waits for this content. */
  needs(digest: string): boolean {
    return this.#name.get(digest) !== undefined;
  }

  /** Looks at the first bytes of a content that is needed. */
  async judge(digest: string, head: Buffer): Promise<void> {
    const name = this.#name.get(digest) ?? '';
    const verdict = await judgeMedia(head, name, this.#allowTypes);
    if (verdict.allowed) return;
    this.refusal ??= { record: name, reason: notAPicture(verdict) };
    this.#refuse.run(digest);
  }

  /** `isProven` tells of a photo whether reading the whole bundle has proven it. */
  counts(isProven: (digest: Digest) => boolean): OutcomeTally {
    const counts: { [outcome in Outcome]: number } = { ...this.#plan.counts() };
    const fail = (outcome: Outcome, records: number) => {
      counts[outcome] -= records;
      counts.failed += records;
    };
    const needed = this.archive.scratch.prepare<[], Needed>(
      'SELECT digest, outcome, records, refused FROM needed_photos',
    );
    for (const { digest, outcome, records, refused } of needed.iterate())
      if (refused === 1 || !isProven(digest)) fail(outcome, records);
    return counts;
  }
}

import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';
import type { Archive } from '../archive/open.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { mergeContext } from '../merge/merge-context.ts';
import type { Outcome, OutcomeTally } from '../merge/outcomes.ts';
import { type MergePlan, planMerge } from '../merge/plan-merge.ts';
import type { ContentState } from '../reading/digest-table.ts';

interface Needed {
  readonly digest: Digest;
  readonly outcome: Outcome;
  readonly records: number;
}

/**
 * What applying a bundle to an archive would find. Records come before the photos that they need:
 * which of those are lost is known at the end only.
 */
export class Forecast {
  readonly #archive: Archive;
  readonly #plan: MergePlan;
  readonly #note: Database.Statement;

  private constructor(archive: Archive, plan: MergePlan) {
    this.#archive = archive;
    this.#plan = plan;
    archive.scratch.exec(`CREATE TABLE needed_photos (digest TEXT, outcome TEXT, records INTEGER,
                          PRIMARY KEY (digest, outcome)) WITHOUT ROWID`);
    this.#note = archive.scratch.prepare(
      'INSERT INTO needed_photos VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET records = records + 1',
    );
  }

  /** Takes over the archive: closing the forecast closes it. */
  static async of(archive: Archive, signal: AbortSignal | undefined): Promise<Forecast> {
    const plan = planMerge(await mergeContext(archive), {
      checkLocal: false,
      fill: true,
      onConflict: 'keep-local',
      signal,
    });
    return new Forecast(archive, plan);
  }

  /** `null` is a record that was refused. */
  async add(record: ImageRecord | null): Promise<void> {
    const { needsFile, outcome } = await this.#plan.add(record);
    if (needsFile && record?.file) this.#note.run(record.file.digest, outcome);
  }

  /** `stateOf` tells of every photo what reading the whole bundle has shown. */
  counts(stateOf: (digest: Digest) => ContentState | undefined): OutcomeTally {
    const counts: { [outcome in Outcome]: number } = { ...this.#plan.counts() };
    const needed = this.#archive.scratch.prepare<[], Needed>(
      'SELECT digest, outcome, records FROM needed_photos',
    );
    for (const { digest, outcome, records } of needed.iterate()) {
      if (stateOf(digest) === 'proven') continue;
      counts[outcome] -= records;
      counts.failed += records;
    }
    return counts;
  }

  close(): void {
    this.#archive.close();
  }
}

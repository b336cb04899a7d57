import { isSendersReason } from '../archive/failure-words.ts';
import { recordName } from '../manifest/record-name.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { OutcomeCounter } from '../merge/outcomes.ts';
import type { Settled } from './settle-record.ts';

/** Failures that are kept by name; the rest is counted. */
export const MOST_LISTED = 1000;

/** A record that failed, by a name that a person may know it by. */
export interface Failure {
  readonly record: string;
  readonly reason: string;
}

/** What a run of apply has done so far. */
export class RunTally {
  readonly counter = new OutcomeCounter();
  readonly failures: Failure[] = [];
  /** Failures that are not the sender's: another copy of the bundle may help. */
  lost = 0;
  /** Records whose rows were committed in this run. */
  committed = 0;
  /** Bytes of files that came to stay. */
  bytesWritten = 0;
  /** Bytes that were read for the places that wait for them, whatever became of them; for progress. */
  bytesTaken = 0;

  get written(): { readonly bytesWritten: number; readonly failures: readonly Failure[] } {
    return { bytesWritten: this.bytesWritten, failures: this.failures };
  }

  /** A record's rows were committed, or why they were not. */
  settled(record: ImageRecord, { outcome, message }: Pick<Settled, 'outcome' | 'message'>): void {
    if (message !== null) {
      this.failed(record, message);
      return;
    }
    this.counter.add(outcome);
    this.committed += 1;
  }

  /** A record that failed was booked so; null is one that could not be read. */
  failed(record: ImageRecord | null, reason: string): void {
    this.counter.add('failed');
    if (!isSendersReason(reason)) this.lost += 1;
    if (this.failures.length < MOST_LISTED) this.failures.push({ record: recordName(record), reason });
  }
}

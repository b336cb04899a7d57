import { closeSync, futimesSync, openSync, rmSync, writeSync } from 'node:fs';
import { type Digest, digestOf } from '../base/digest.ts';

/** A file to write once its content is proven. */
export interface FileTarget {
  /** Created exclusively; one of the same name goes first. */
  readonly path: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** One content in a batch: where its bytes are, what they must be, and where they go. */
export interface ContentJob {
  readonly start: number;
  readonly length: number;
  readonly digest: Digest;
  /** The digest of these bytes, where it is known already. */
  readonly found: Digest | null;
  readonly targets: readonly FileTarget[];
}

export interface ContentBatch {
  readonly memory: SharedArrayBuffer;
  readonly jobs: readonly ContentJob[];
}

/** The digest that was found, and the system's error code where writing failed. */
export interface ContentAnswer {
  readonly found: Digest;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** Hashes contents where that is not done yet, and writes those that are what they should be: unproven bytes never reach a disk. */
export default function proveContents(batch: ContentBatch): ContentAnswer[] {
  return batch.jobs.map((job) => {
    const content = Buffer.from(batch.memory, job.start, job.length);
    const found = job.found ?? digestOf(content);
    if (found !== job.digest) return { found, failure: null };
    try {
      for (const target of job.targets) writeTarget(target, content);
      return { found, failure: null };
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      return { found, failure: { code, message } };
    }
  });
}

function writeTarget(target: FileTarget, content: Buffer): void {
  const file = openExclusively(target.path);
  try {
    let done = 0;
    while (done < content.length) done += writeSync(file, content, done);
    futimesSync(file, target.mtime, target.mtime);
  } finally {
    closeSync(file);
  }
}

/** A temporary file of an earlier run with the same name goes: only its name was ever ours. */
function openExclusively(path: string): number {
  try {
    return openSync(path, 'wx', 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(path, { force: true });
    return openSync(path, 'wx', 0o644);
  }
}

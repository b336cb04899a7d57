import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusAt } from '../base/status-at.ts';
import { RECEIVER, SENDER } from './collection.ts';
import { makeArchive } from './make-archive.ts';

/** Says that a folder is a demo's, so that it may be made anew. */
const MARK = 'DEMO.txt';
const MARK_TEXT = 'Made by "indabundle demo". "indabundle demo --force" makes it anew.\n';

/** Where the parts of a demo are. */
export interface DemoFolder {
  readonly folder: string;
  readonly sender: string;
  readonly receiver: string;
  readonly bundle: string;
}

/** What stands where a demo is to be made: nothing, an earlier demo, or something else. */
export type Ground = 'free' | 'demo' | 'foreign';

export function groundAt(folder: string): Ground {
  const found = statusAt(folder);
  if (found === undefined) return 'free';
  if (!found.isDirectory()) return 'foreign';
  const names = readdirSync(folder);
  if (names.length === 0) return 'free';
  return names.includes(MARK) ? 'demo' : 'foreign';
}

/** Makes both archives. An earlier demo there is taken away first; nothing else in the folder is touched. */
export function makeDemo(folder: string): DemoFolder {
  const demo = {
    folder,
    sender: join(folder, 'sender'),
    receiver: join(folder, 'receiver'),
    bundle: join(folder, 'trip.indabundle'),
  };
  if (groundAt(folder) === 'foreign') throw new RangeError(`not a demo: ${folder}`);
  for (const part of [demo.sender, demo.receiver, demo.bundle])
    rmSync(part, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), MARK_TEXT);
  makeArchive(demo.sender, SENDER);
  makeArchive(demo.receiver, RECEIVER);
  return demo;
}

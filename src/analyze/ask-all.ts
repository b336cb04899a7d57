import type Database from 'better-sqlite3';
import { creationTime } from '../base/head-facts.ts';
import { takeArchiveLock } from '../archive/archive-lock.ts';
import { locate, openToWrite } from '../archive/open.ts';
import { ask, newListId, type RequestOutput } from './asking.ts';
import type { Offers, Share } from './offers.ts';
import type { AnalyzeOptions, Asked } from './options.ts';

export const notAsked = (share: Share): Asked => ({
  ...share,
  listId: null,
  requestPath: null,
  requestBytes: 0,
});

/** Called inside the transaction that makes rows, with the images that the rows are for. */
export type Moved = (db: Database.Database, images: readonly string[]) => void;

/** Makes the lists and requests of all remotes that have something to give. */
export async function askAll(
  shares: readonly Share[],
  remotes: readonly { readonly remote: string }[],
  offers: Offers,
  output: RequestOutput,
  options: AnalyzeOptions,
  moved?: Moved,
): Promise<Asked[]> {
  const database = locate(options.db);
  if (shares.every((share) => share.images === 0)) return shares.map(notAsked);
  const lock = takeArchiveLock(database);
  try {
    const archive = openToWrite(database, { root: options.root, observer: options.observer });
    try {
      const wait = { observer: options.observer, signal: options.signal, what: database };
      const created = creationTime(options.created);
      const asked: Asked[] = [];
      for (const [number, share] of shares.entries()) {
        const { remote } = remotes[number]!;
        const listId = newListId();
        const facts = {
          remote,
          number,
          share,
          created,
          wait,
          requestPath: output.pathFor(remote, listId),
          ...(moved ? { moved } : {}),
        };
        asked.push(share.images === 0 ? notAsked(share) : await ask(archive, offers, listId, facts));
      }
      return asked;
    } finally {
      archive.close();
    }
  } finally {
    lock.release();
  }
}

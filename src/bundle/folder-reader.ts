import type { Dirent } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindingList } from '../base/findings.ts';
import { type Entry, EntryDamaged, type EntryReader } from './entry.ts';
import { ENTRY_ORDER, type EntryKind, entryKind } from './entry-names.ts';

const PIECE_BYTES = 1024 * 1024;

/** A file of the folder that has a name of the format. */
interface Member {
  readonly name: string;
  readonly kind: EntryKind;
  readonly path: string;
}

/**
 * Reads a bundle that somebody unpacked with `tar`, in the order that the packed one has. Links
 * are not followed; files with other names are ignored and told to `stray`.
 */
export class FolderReader implements EntryReader {
  readonly label: string;
  ended = false;
  readonly #findings: FindingList;
  readonly #stray: (name: string) => void;

  constructor(folder: string, findings: FindingList, stray: (name: string) => void) {
    this.label = folder;
    this.#findings = findings;
    this.#stray = stray;
  }

  async close(): Promise<void> {}

  async *entries(): AsyncGenerator<Entry> {
    for (const kind of ENTRY_ORDER) {
      for await (const member of this.#members(kind)) {
        const entry = await this.#entry(member);
        if (entry) yield entry;
      }
    }
    this.#checkEnd();
  }

  /** The files of one kind, each folder listed when its turn comes. */
  async *#members(kind: EntryKind): AsyncGenerator<Member> {
    if (kind === 'payload') {
      for (const folder of await this.#list('files')) {
        if (folder.isDirectory()) yield* this.#filesIn(`files/${folder.name}`, kind);
        else this.#stray(`files/${folder.name}`);
      }
    } else {
      yield* this.#filesIn(kind === 'records' || kind === 'authors' ? kind : '', kind);
    }
  }

  async *#filesIn(folder: string, kind: EntryKind): AsyncGenerator<Member> {
    for (const item of await this.#list(folder)) {
      const name = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isFile() && entryKind(name) === kind) {
        yield { name, kind, path: join(this.label, ...name.split('/')) };
      } else if (this.#isStray(item, name, folder, kind)) {
        this.#stray(name);
      }
    }
  }

  /** Everything in the top folder is listed once per kind; only the first listing names strays. */
  #isStray(item: Dirent, name: string, folder: string, kind: EntryKind): boolean {
    if (folder !== '') return true;
    if (kind !== 'manifest') return false;
    if (item.isDirectory()) return !['files', 'records', 'authors'].includes(item.name);
    return entryKind(name) === null || !item.isFile();
  }

  /** Empty for what is no folder itself; a link to one could lead anywhere. */
  async #list(folder: string): Promise<Dirent[]> {
    const path = join(this.label, folder);
    if (folder !== '' && !(await isFolder(path))) return [];
    const items = await readdir(path, { withFileTypes: true });
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #entry(member: Member): Promise<Entry | null> {
    const handle = await open(member.path, 'r');
    try {
      const { size } = await handle.stat();
      if (member.kind === 'end') this.ended = true;
      const { name, kind } = member;
      return {
        name,
        kind,
        size,
        place: { entry: name },
        tarOffset: null,
        whole: null,
        pieces: () => this.#pieces(member, size),
      };
    } finally {
      await handle.close();
    }
  }

  async *#pieces(member: Member, size: number): AsyncGenerator<Buffer> {
    const handle = await open(member.path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(Math.min(size, PIECE_BYTES));
      let left = size;
      while (left > 0) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(left, buffer.length));
        if (bytesRead === 0) throw this.#shrunk(member);
        left -= bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  #shrunk(member: Member): EntryDamaged {
    this.#findings.add({
      code: 'truncated',
      gravity: 'damage',
      where: { entry: member.name },
      expected: 'the whole file',
      found: 'fewer bytes',
    });
    return new EntryDamaged(member.name);
  }

  #checkEnd(): void {
    if (this.ended) return;
    this.#findings.add({
      code: 'truncated',
      gravity: 'damage',
      where: { entry: 'end.json' },
      expected: 'end.json',
      found: 'no such file',
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

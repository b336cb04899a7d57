import type { Dirent } from 'node:fs';
import { createReadStream, readFileSync } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FindingList } from '../base/findings.ts';
import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import { type Entry, EntryDamaged, entriesOf, type EntryReader } from './entry.ts';
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

  async *batches(): AsyncGenerator<readonly Entry[]> {
    for (const kind of ENTRY_ORDER) {
      for await (const member of this.#members(kind)) yield [await this.#entry(member)];
    }
    this.#checkEnd();
  }

  entries(): AsyncGenerator<Entry> {
    return entriesOf(this);
  }

  /** The files of one kind, each folder listed when its turn comes. */
  async *#members(kind: EntryKind): AsyncGenerator<Member> {
    if (kind === 'payload') yield* this.#payload();
    else yield* this.#filesIn(kind === 'records' || kind === 'authors' ? kind : '', kind);
  }

  /** In the order of the index, as the packed bundle has them; then whatever the index does not name. */
  async *#payload(): AsyncGenerator<Member> {
    const indexed = new Set<number>();
    for await (const name of indexedNames(join(this.label, 'index.jsonl'))) {
      const path = join(this.label, ...name.split('/'));
      const key = shortKey(name);
      if (indexed.has(key) || !(await isPlainFile(path))) continue;
      indexed.add(key);
      yield { name, kind: 'payload', path };
    }
    for (const folder of await this.#list('files')) {
      if (!folder.isDirectory()) this.#stray(`files/${folder.name}`);
      else
        for await (const member of this.#filesIn(`files/${folder.name}`, 'payload'))
          if (!indexed.has(shortKey(member.name))) yield member;
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

  async #entry(member: Member): Promise<Entry> {
    const { size } = await lstat(member.path);
    const { name, kind } = member;
    if (kind === 'end') this.ended = true;
    let whole: Buffer | null | undefined;
    return {
      name,
      kind,
      size,
      place: { entry: name },
      tarOffset: null,
      get whole() {
        if (whole === undefined) whole = size <= MAX_FRAME_CONTENT ? readShort(member.path, size) : null;
        return whole;
      },
      pieces: () => this.#pieces(member, size),
    };
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

async function isPlainFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isFile() ?? false;
}

/** Null for a file that is no longer as long as it was: reading it piece by piece will say so. */
function readShort(path: string, size: number): Buffer | null {
  const content = readFileSync(path);
  return content.length === size ? content : null;
}

/** Payload names in the index, in its order; a hint like the index itself. */
async function* indexedNames(path: string): AsyncGenerator<string> {
  if (!(await isPlainFile(path))) return;
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const name = /^\{"path":"(files\/[0-9a-f]{2}\/[0-9a-f]{64}\.[a-z0-9]{1,5})"/.exec(line)?.[1];
    if (name !== undefined && entryKind(name) === 'payload') yield name;
  }
}

/** 48 bits of the digest in a payload's name: enough not to list a file twice. */
function shortKey(name: string): number {
  return Number.parseInt(name.slice('files/xx/'.length, 'files/xx/'.length + 12), 16);
}

import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../base/digest.ts';
import { foldedPath, liesBelow, PHOTO_FOLDER } from './photo-path.ts';
import { authorFolder, isSafeName, safeName, withDigits } from './safe-name.ts';

/** The crawler begins a new subfolder for every thousand files of an author. */
const FILES_PER_FOLDER = 1000;

/** Where a new file goes: the path for the database, and the folder on disk. */
export interface Destination {
  /** `indafoto_archive/<author>/<n>/<name>`, always with `/`. */
  readonly localPath: string;
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly name: string;
}

/** A parent folder is a link out of the archive, or no folder at all. */
export class UnsafeDestination extends Error {
  constructor(path: string) {
    super(`${path} is a link that leaves the archive, or not a folder`);
    this.name = 'UnsafeDestination';
  }
}

/** Chooses places for new files by the receiver's own rule, never by the sender's path. */
export class Destinations {
  readonly #root: string;
  readonly #keepsPlace: (localPath: string) => boolean;
  readonly #counts = new Map<string, number>();
  readonly #chosen = new Set<string>();
  /** Folders whose parents were looked at for the files that are being placed. */
  readonly #checked = new Set<string>();
  /** What lies in them. */
  readonly #names = new Map<string, ReadonlySet<string>>();
  #last = { folder: '', absolute: '' };
  #lastHome: { readonly author: string | null; readonly path: string } | null = null;

  /** `keepsPlace` tells whether a row of the database names a file there, or may name it again. */
  constructor(root: string, keepsPlace: (localPath: string) => boolean) {
    this.#root = root;
    this.#keepsPlace = keepsPlace;
  }

  /** @throws UnsafeDestination */
  choose(author: string | null, baseName: string, digest: Digest): Destination {
    const home = this.#homeOf(author);
    const count = this.#count(home);
    const folder = folderOf(home, count);
    this.#checkParents(folder);
    const name = this.#freeName(folder, baseName, digest);
    this.#counts.set(home, count + 1);
    this.#chosen.add(foldedPath(`${folder}/${name}`));
    return { localPath: `${folder}/${name}`, folder: this.#absolute(folder), name };
  }

  /**
   * Looks at the folder where an author's next file would go.
   *
   * @throws UnsafeDestination
   */
  check(author: string | null): void {
    const home = authorPath(author);
    this.#checkParents(folderOf(home, this.#count(home)));
  }

  /** Another name in the same folder: the first was taken meanwhile, or its extension does not fit. */
  rename(destination: Destination, digest: Digest, extension: string | null): Destination {
    const folder = destination.localPath.slice(0, destination.localPath.lastIndexOf('/'));
    const name = this.#freeName(folder, withExtension(destination.name, extension), digest);
    this.#chosen.add(foldedPath(`${folder}/${name}`));
    return { ...destination, localPath: `${folder}/${name}`, name };
  }

  /** Gives back a place where no file came to lie, so that it is not counted. */
  release(destination: Destination): void {
    const home = destination.localPath.split('/').slice(0, 2).join('/');
    const count = this.#counts.get(home);
    if (count !== undefined) this.#counts.set(home, count - 1);
    this.#chosen.delete(foldedPath(destination.localPath));
  }

  /** Forgets a chosen path whose row the database knows by now. */
  settle(destination: Destination): void {
    this.#chosen.delete(foldedPath(destination.localPath));
  }

  /** Folders are looked at again from now on. */
  lookAgain(): void {
    this.#checked.clear();
    this.#names.clear();
  }

  /** Records of one author come one after another. */
  #homeOf(author: string | null): string {
    if (this.#lastHome?.author !== author) this.#lastHome = { author, path: authorPath(author) };
    return this.#lastHome.path;
  }

  #freeName(folder: string, baseName: string, digest: Digest): string {
    const safe = isSafeName(baseName) ? baseName : null;
    if (safe !== null && this.#isFree(`${folder}/${safe}`)) return safe;
    for (const digits of [8, 16, 32, 64]) {
      const name = withDigits(safeName(baseName), digest.slice(0, digits));
      if (this.#isFree(`${folder}/${name}`)) return name;
    }
    for (let number = 2; ; number += 1) {
      const name = withDigits(safeName(baseName), `${digest.slice(0, 16)}-${number}`);
      if (this.#isFree(`${folder}/${name}`)) return name;
    }
  }

  #isFree(localPath: string): boolean {
    if (this.#chosen.has(foldedPath(localPath)) || this.#keepsPlace(localPath)) return false;
    const cut = localPath.lastIndexOf('/');
    return !this.#namesIn(localPath.slice(0, cut)).has(localPath.slice(cut + 1));
  }

  /**
   * What lies in a folder, looked at once for the files that are being placed: looking for each by its name
   * would wait for those who write there. A name that comes later is met when the file gets its own.
   */
  #namesIn(folder: string): ReadonlySet<string> {
    const known = this.#names.get(folder);
    if (known !== undefined) return known;
    const names = new Set(namesIn(this.#absolute(folder)));
    this.#names.set(folder, names);
    return names;
  }

  /** Files of one folder come one after another. */
  #absolute(folder: string): string {
    if (this.#last.folder !== folder)
      this.#last = { folder, absolute: join(this.#root, ...folder.split('/')) };
    return this.#last.absolute;
  }

  /** Each existing parent must be a real folder, or a link to one inside the root. */
  #checkParents(folder: string): void {
    if (this.#checked.has(folder)) return;
    let path = this.#root;
    for (const part of folder.split('/')) {
      path = join(path, part);
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined) break;
      if (status.isDirectory()) continue;
      if (!status.isSymbolicLink() || !this.#isInside(path)) throw new UnsafeDestination(path);
    }
    this.#checked.add(folder);
  }

  #isInside(path: string): boolean {
    try {
      const place = realpathSync(path);
      return liesBelow(realpathSync(this.#root), place) && lstatSync(place).isDirectory();
    } catch {
      return false;
    }
  }

  /** Files below an author's folder, counted once and then kept up to date. */
  #count(home: string): number {
    const known = this.#counts.get(home);
    if (known !== undefined) return known;
    const count = countFiles(join(this.#root, ...home.split('/')));
    this.#counts.set(home, count);
    return count;
  }
}

const folderOf = (home: string, count: number) => `${home}/${Math.floor(count / FILES_PER_FOLDER)}`;

/** `indafoto_archive/<author>`, made safe. */
export function authorPath(author: string | null): string {
  return `${PHOTO_FOLDER}/${authorFolder(author)}`;
}

function countFiles(folder: string): number {
  let count = 0;
  for (const item of unlessUnreadable(() => readdirSync(folder, { withFileTypes: true })))
    count += item.isDirectory() ? countFiles(join(folder, item.name)) : 1;
  return count;
}

function namesIn(folder: string): readonly string[] {
  return unlessUnreadable(() => readdirSync(folder));
}

/** Nothing where there is no folder that can be read. */
function unlessUnreadable<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (!/^(ENOENT|ENOTDIR|EACCES|ELOOP)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return [];
  }
}

/** `extension` is put in place of one that does not fit the file's type; null keeps the name's own. */
function withExtension(baseName: string, extension: string | null): string {
  if (extension === null) return baseName;
  return `${baseName.replace(/\.[A-Za-z0-9]{1,5}$/, '')}.${extension}`;
}

/** A disk as it is after a power cut: rebuilt from the trace that io-shim.c writes. */

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One thing that was done to the disk. */
export type Step =
  | { readonly kind: 'create'; readonly inode: string; readonly path: string }
  | { readonly kind: 'write'; readonly inode: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly inode: string; readonly length: number }
  | { readonly kind: 'sync'; readonly inode: string }
  | { readonly kind: 'sync-folder' | 'unlink' | 'mkdir'; readonly path: string }
  | { readonly kind: 'sync-all' }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly path: string };

/** Reads a trace; see io-shim.c for its form. */
export function readTrace(path: string): Step[] {
  const bytes = readFileSync(path);
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const fields = bytes.toString('utf8', at, end).split('\t');
    at = end + 1;
    const length = fields[0] === 'W' ? Number(fields[3]) : 0;
    steps.push(stepOf(fields, bytes.subarray(at, at + length)));
    at += length;
  }
  return steps;
}

function stepOf([kind, one = '', other = '']: readonly string[], bytes: Buffer): Step {
  switch (kind) {
    case 'C':
      return { kind: 'create', inode: one, path: other };
    case 'W':
      return { kind: 'write', inode: one, offset: Number(other), bytes };
    case 'T':
      return { kind: 'truncate', inode: one, length: Number(other) };
    case 'F':
      return { kind: 'sync', inode: one };
    case 'D':
      return { kind: 'sync-folder', path: one };
    case 'S':
      return { kind: 'sync-all' };
    case 'U':
      return { kind: 'unlink', path: one };
    case 'M':
      return { kind: 'mkdir', path: one };
    case 'R':
      return { kind: 'rename', from: one, path: other };
    case 'L':
      return { kind: 'link', from: one, path: other };
    default:
      throw new Error(`not a step: ${kind}`);
  }
}

const FOLDER = 'folder';

interface Inode {
  /** As programs see it. */
  now: Buffer;
  /** As it was when it was synced last. */
  kept: Buffer;
  /** Writes since then, any of which may have reached the disk. */
  loose: { readonly offset: number; readonly bytes: Buffer }[];
}

/** Which of the writes that nobody synced reach the disk all the same. */
export type Luck = 'none' | 'all' | ((choice: number) => boolean);

/** Follows a trace and tells what a power cut would leave of it. */
export class Disk {
  readonly #inodes = new Map<string, Inode>();
  readonly #now = new Map<string, string>();
  readonly #kept = new Map<string, string>();

  /** What is there before the trace begins is on the disk. */
  constructor(root: string) {
    for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(item.parentPath, item.name);
      const inode = item.isDirectory() ? FOLDER : String(statSync(path).ino);
      this.#now.set(path, inode);
      this.#kept.set(path, inode);
      if (!item.isDirectory())
        this.#inodes.set(inode, { now: readFileSync(path), kept: readFileSync(path), loose: [] });
    }
  }

  follow(step: Step): void {
    switch (step.kind) {
      case 'create':
        this.#inodes.set(step.inode, { now: Buffer.alloc(0), kept: Buffer.alloc(0), loose: [] });
        this.#now.set(step.path, step.inode);
        return;
      case 'write':
        return this.#write(this.#inodes.get(step.inode), step.offset, step.bytes);
      case 'truncate':
        return this.#truncate(this.#inodes.get(step.inode), step.length);
      case 'sync':
        return this.#keep(this.#inodes.get(step.inode));
      case 'sync-folder':
        return this.#keepNames((path) => dirname(path) === step.path);
      case 'sync-all':
        for (const inode of this.#inodes.values()) this.#keep(inode);
        return this.#keepNames(() => true);
      case 'unlink':
        this.#now.delete(step.path);
        return;
      case 'mkdir':
        this.#now.set(step.path, FOLDER);
        return;
      case 'rename':
      case 'link':
        this.#now.set(step.path, this.#now.get(step.from)!);
        if (step.kind === 'rename') this.#now.delete(step.from);
    }
  }

  /** Lays down at `target` what the disk would hold: what was synced, and as much of the rest as luck has it. */
  rebuild(root: string, target: string, luck: Luck): void {
    const names = luck === 'all' ? this.#now : this.#kept;
    const paths = [...names].sort(([one], [other]) => one.length - other.length);
    const folders = new Set([root]);
    for (const [path, inode] of paths) {
      if (!folders.has(dirname(path))) continue; // its folder is lost, or gone
      const place = join(target, relative(root, path));
      if (inode === FOLDER) folders.add(path);
      if (inode === FOLDER) mkdirSync(place);
      else writeFileSync(place, this.#contentOf(inode, luck));
    }
  }

  #contentOf(inode: string, luck: Luck): Buffer {
    const { now, kept, loose } = this.#inodes.get(inode)!;
    if (luck === 'all') return now;
    let content = kept;
    for (const [at, { offset, bytes }] of luck === 'none' ? [] : loose.entries()) {
      if (typeof luck === 'function' && luck(at)) content = patched(content, offset, bytes);
    }
    return content;
  }

  #write(inode: Inode | undefined, offset: number, bytes: Buffer): void {
    if (inode === undefined) return; // a pipe, or a file outside
    inode.now = patched(inode.now, offset, bytes);
    inode.loose.push({ offset, bytes });
  }

  #truncate(inode: Inode | undefined, length: number): void {
    if (inode === undefined) return;
    inode.now = Buffer.concat([
      inode.now.subarray(0, length),
      Buffer.alloc(Math.max(0, length - inode.now.length)),
    ]);
  }

  #keep(inode: Inode | undefined): void {
    if (inode === undefined) return;
    inode.kept = inode.now;
    inode.loose = [];
  }

  #keepNames(belongs: (path: string) => boolean): void {
    for (const path of this.#kept.keys()) if (belongs(path) && !this.#now.has(path)) this.#kept.delete(path);
    for (const [path, inode] of this.#now) if (belongs(path)) this.#kept.set(path, inode);
  }
}

function patched(content: Buffer, offset: number, bytes: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(content.length, offset + bytes.length));
  content.copy(result);
  bytes.copy(result, offset);
  return result;
}

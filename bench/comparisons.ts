/** Runs the benchmark of catalogues and comparisons, which is a program of its own, and reads its lines. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { BenchOptions } from './options.ts';
import type { Comparison } from './results.ts';

const LINE = /^(\S.*?)\s{2,}([\d.]+) s(?:\s+(\d+) MiB)?$/;

/** @returns nothing where that program is not compiled or not there */
export function measureComparisons({ growth, program }: BenchOptions): Comparison[] {
  const script = path.join(import.meta.dirname, 'catalog.js');
  const images = growth.at(-1) ?? 0;
  if (!existsSync(script) || images === 0) return [];
  const cwd = path.resolve(path.dirname(program), '../..');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, String(images), '--files'], {
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`catalogues and comparisons: ${stderr}`);
  return readComparisons(stdout, images);
}

export function readComparisons(output: string, images: number): Comparison[] {
  return output.split('\n').flatMap((line) => {
    const [, what, seconds, memory] = LINE.exec(line) ?? [];
    if (what === undefined) return [];
    return [{ what, images, seconds: Number(seconds), memory: memory === undefined ? null : Number(memory) }];
  });
}

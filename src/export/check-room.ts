import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { freeBytes, maxFileBytes } from '../base/room.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
import type { FileOutput } from './output.ts';
import type { PlanStore } from './plan-store.ts';

/** At most this many bytes, if nothing compresses at all. */
export function largestSize(plan: PlanStore): number {
  const { files, bytes, records } = plan.totals();
  const shards = [...plan.shardFacts('records'), ...plan.shardFacts('authors')].reduce((sum, shard) => sum + shard.size + padded(BLOCK), 0);
  const lists = records * 8 + files * 330;
  return bytes + files * (BLOCK + BLOCK / 2) + shards + lists + 64 * 1024;
}

/**
 * Tells before the first byte that a bundle does not fit.
 *
 * @throws BundleError `file-too-large`, `no-space`
 */
export function checkRoom(plan: PlanStore, output: FileOutput): void {
  const folder = dirname(output.path);
  const size = largestSize(plan);
  const limit = maxFileBytes(folder);
  if (size > limit) {
    throw new BundleError('file-too-large', { params: { what: basename(output.path), size: `${size} bytes`, limit: `${limit} bytes`, path: folder } });
  }
  const needed = size - (statSync(output.partPath, { throwIfNoEntry: false })?.size ?? 0);
  const free = freeBytes(folder);
  if (free >= 0 && free < needed) {
    throw new BundleError('no-space', { params: { what: output.path, reason: `${needed} bytes are needed and ${free} are free` } });
  }
}

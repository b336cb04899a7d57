import type { Observer } from '../base/events.ts';
import type { BundleWalk } from './bundle-walk.ts';
import type { OpenedBundle } from './open-bundle.ts';

/** A bundle is about to be read from end to end. */
export function tellCheck({ size }: OpenedBundle, observer: Observer): void {
  observer({ type: 'phase', phase: 'check', unit: 'bytes', ...(size === null ? {} : { total: size }) });
}

/** How much of it was read; of a folder, how much of its photos was proven. */
export function bytesRead(walk: BundleWalk, opened: OpenedBundle): number {
  return opened.position() ?? walk.bytesProven;
}

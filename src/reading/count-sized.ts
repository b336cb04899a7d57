import { sizeAt } from '../base/status-at.ts';

/** Files that are looked for by a thread. */
export interface SizedFiles {
  readonly paths: readonly string[];
  /** In bytes, what each should have. */
  readonly sizes: Float64Array;
}

/** How many are there with the size that they should have. */
export function countSized({ paths, sizes }: SizedFiles): number {
  return paths.filter((path, at) => sizeAt(path) === sizes[at]).length;
}

import { setFlagsFromString } from 'node:v8';

/**
 * Versions of Node, first and last, whose V8 has a flag, by `node --v8-options`. There is no asking
 * beforehand: V8 complains on standard error of a flag that it does not know.
 */
const VERSIONS = {
  'heap-growing-percent': [20, 26],
  'max-semi-space-size': [20, 26],
  'semi-space-growth-factor': [20, 26],
  'interrupt-budget': [20, 20],
} as const satisfies { readonly [flag: string]: readonly [number, number] };

export type V8Flag = keyof typeof VERSIONS;

/** Whether a version of Node, such as `24.9.0`, is known to have a flag. */
export function hasV8Flag(flag: V8Flag, node: string = process.versions.node): boolean {
  const [first, last] = VERSIONS[flag];
  const major = Number.parseInt(node, 10);
  return major >= first && major <= last;
}

/** Sets a flag of V8 where it has that flag. */
export function setV8Flag(flag: V8Flag, value: number): void {
  if (hasV8Flag(flag)) setFlagsFromString(`--${flag}=${value}`);
}

import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Permissions stop nobody who is root, and on Windows they are something else. */
const NOBODY = 65_534;

/** Takes every write permission from a folder and all that is in it. */
export function protect(folder: string): void {
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(item.parentPath, item.name), item.isDirectory() ? 0o555 : 0o444);
  }
  chmodSync(folder, 0o555);
}

/** The same, undone, so that the folder can be removed. */
export function unprotect(folder: string): void {
  chmodSync(folder, 0o755);
  for (const item of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (item.isDirectory()) chmodSync(join(item.parentPath, item.name), 0o755);
  }
}

/** Runs the compiled program as a user whom permissions stop. */
export function runAsNobody(args: readonly string[]): { status: number | null; out: string } {
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    ...user,
    encoding: 'utf8',
  });
  return { status, out: stdout + stderr };
}

import type { CommandDeclaration } from '../command-declaration.ts';
import { applyCommand } from './apply.ts';
import { demoCommand } from './demo.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: readonly CommandDeclaration[] = [
  exportCommand,
  inspectCommand,
  verifyCommand,
  applyCommand,
  demoCommand,
];

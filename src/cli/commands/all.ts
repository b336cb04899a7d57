import type { CommandDeclaration } from '../command-declaration.ts';
import { analyzeCommand } from './analyze.ts';
import { applyCommand } from './apply.ts';
import { backupCommand } from './backup.ts';
import { catalogCommand } from './catalog.ts';
import { cleanupCommand } from './cleanup.ts';
import { demoCommand } from './demo.ts';
import { diffCommand } from './diff.ts';
import { exportCommand } from './export.ts';
import { inspectCommand } from './inspect.ts';
import { revertCommand } from './revert.ts';
import { statusCommand } from './status.ts';
import { verifyCommand } from './verify.ts';

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: readonly CommandDeclaration[] = [
  catalogCommand,
  analyzeCommand,
  diffCommand,
  exportCommand,
  inspectCommand,
  verifyCommand,
  applyCommand,
  statusCommand,
  revertCommand,
  cleanupCommand,
  backupCommand,
  demoCommand,
];

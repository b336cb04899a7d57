import type { CommandDeclaration } from '../command-declaration.ts';

export interface CommandEntry {
  readonly name: string;
  load(): Promise<CommandDeclaration>;
}

/** Every command, in the order in which `--help` lists them; only the one that is asked for is loaded. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'catalog', load: async () => (await import('./catalog.ts')).catalogCommand },
  { name: 'analyze', load: async () => (await import('./analyze.ts')).analyzeCommand },
  { name: 'diff', load: async () => (await import('./diff.ts')).diffCommand },
  { name: 'export', load: async () => (await import('./export.ts')).exportCommand },
  { name: 'inspect', load: async () => (await import('./inspect.ts')).inspectCommand },
  { name: 'verify', load: async () => (await import('./verify.ts')).verifyCommand },
  { name: 'apply', load: async () => (await import('./apply.ts')).applyCommand },
  { name: 'status', load: async () => (await import('./status.ts')).statusCommand },
  { name: 'revert', load: async () => (await import('./revert.ts')).revertCommand },
  { name: 'cleanup', load: async () => (await import('./cleanup.ts')).cleanupCommand },
  { name: 'backup', load: async () => (await import('./backup.ts')).backupCommand },
  { name: 'demo', load: async () => (await import('./demo.ts')).demoCommand },
];

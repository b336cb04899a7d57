import type { Reporter, TestModule } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** What this test went through, by name: "bundles mutated", "processes killed". */
    counts?: Record<string, number>;
  }
}

/** Adds up what the tests went through, and prints it as the last lines. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const totals = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        for (const [name, count] of Object.entries(test.meta().counts ?? {})) {
          totals.set(name, (totals.get(name) ?? 0) + count);
        }
      }
    }
    const form = process.env['INDABUNDLE_FAULTS'] === 'long' ? 'long' : 'short';
    const lines = [...totals].map(([name, count]) => `${String(count).padStart(8)}  ${name}`);
    process.stdout.write(`\nFaults gone through (${form} form):\n${lines.join('\n')}\n`);
  }
}

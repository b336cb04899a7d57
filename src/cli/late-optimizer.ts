import { nodeWasGiven } from './node-options.ts';
import { setV8Flag } from './v8-flags.ts';

/*
 * V8 of Node 20 begins to optimize a function once it has run through some 200 kB of its bytecode. A small export
 * or apply ends soon after: what its start-up has run through is then optimized for nothing, which is
 * a fifth of the processor time of the whole run. At six times that, large work is optimized all the
 * same, some milliseconds later. V8 looks at the flag as it runs; hence this is done at import.
 */
if (!nodeWasGiven(/interrupt[-_]budget/)) setV8Flag('interrupt-budget', 400_000);

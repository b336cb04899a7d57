#!/usr/bin/env node
import './late-optimizer.ts';
import './small-heap.ts';
import { EXIT } from '../base/errors.ts';
import { listenForInterrupts } from './interruption.ts';
import { lastWords } from './last-words.ts';
import { run } from './program.ts';

// Node ends with 0 when nothing is left to wait for, even in the middle of work: only a result clears this.
process.exitCode = EXIT.internal;

const { stdin, stdout, stderr, env } = process;
const argv = process.argv.slice(2);
const world = { stdin, stdout, stderr, env, signal: listenForInterrupts() };
for (const stream of [stdout, stderr]) stream.on('error', () => {}); // nobody reads any more
process.on('uncaughtException', (error) => {
  // Whatever keeps even the last words from being said must not come back here.
  lastWords(error, argv, world).catch(() => process.exit(EXIT.internal));
});
process.exitCode = await run(argv, world);
stdin.destroy(); // what was not read must not keep the program waiting

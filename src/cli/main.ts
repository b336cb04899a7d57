#!/usr/bin/env node
import { EXIT } from '../base/errors.ts';
import { listenForInterrupts } from './interruption.ts';
import { run } from './program.ts';

// Node ends with 0 when nothing is left to wait for, even in the middle of work: only a result clears this.
process.exitCode = EXIT.internal;

const { stdin, stdout, stderr, env } = process;
const signal = listenForInterrupts();
for (const stream of [stdout, stderr]) stream.on('error', () => {}); // nobody reads any more
process.exitCode = await run(process.argv.slice(2), { stdin, stdout, stderr, env, signal });
stdin.destroy(); // what was not read must not keep the program waiting

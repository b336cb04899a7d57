import { setFlagsFromString } from 'node:v8';

/*
 * V8 lets garbage pile up while the machine has memory to spare: twice what is alive and more, in
 * each thread. What is alive here is some 10 MB, so that collecting it more often costs next to
 * nothing. V8 looks at these flags whenever it collects garbage or a thread begins, so that they
 * take effect in a process that runs; hence this is done at import, before anything else is loaded.
 * Whoever gives Node other limits is left alone.
 */
const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''];

if (!given.some((option) => /space[-_]size|heap[-_]growing/.test(option))) {
  keepSmall();
  // A new thread sets the growth of everybody's young generation back to what is usual.
  process.on('worker', (worker) => worker.once('online', keepSmall));
}

function keepSmall(): void {
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--max-semi-space-size=1');
  setFlagsFromString('--min-semi-space-size=1');
}

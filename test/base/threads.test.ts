import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { scratchFolder } from '../support/scratch-folder.ts';

// Threads run what was compiled.
const threadsModule = new URL('../../dist/base/threads.js', import.meta.url).href;
const { startEarly, startThreads } = (await import(
  threadsModule
)) as typeof import('../../src/base/threads.ts');

const folder = scratchFolder();

/** A module of work, whose default export is this expression of `job` and `thread`. */
function workOf(name: string, expression: string): URL {
  const path = join(folder(), `${name}.mjs`);
  const code = `import { threadId as thread } from 'node:worker_threads';\nexport default (job) => ${expression};\n`;
  writeFileSync(path, code);
  return pathToFileURL(path);
}

const notHere = () => {
  throw new Error('in line');
};

const FAILING = `{ throw Object.assign(new Error('no ' + job), { code: 'EIO' }); }`;

const open: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(open.map((threads) => threads.close())));

function threadsFor<Answer>(module: URL, count: number) {
  const threads = startThreads<number | string, Answer>(module, notHere, count);
  open.push(threads);
  return threads;
}

test('threads that were started early for one work do another when it comes first', async () => {
  startEarly(workOf('naming', 'thread'), 2);
  const threads = threadsFor<number>(workOf('doubling', 'job * 2'), 2);
  const answers = await Promise.all([1, 2, 3, 4, 5].map((job) => threads.run(job)));
  expect(answers).toEqual([2, 4, 6, 8, 10]);
});

test('what fails in a thread says why, with the code that the system gave', async () => {
  const threads = threadsFor(workOf('failing', FAILING), 2);
  await expect(threads.run('disk')).rejects.toMatchObject({ message: 'no disk', code: 'EIO' });
  await expect(threads.onEach('disk')).resolves.toBeUndefined();
});

test('a lane is always the same thread, and there are as many threads as were asked for', async () => {
  const threads = threadsFor<number>(workOf('naming', 'thread'), 3);
  const lanes = await Promise.all([0, 1, 2, 0, 1, 2].map((lane) => threads.run('', lane)));
  expect(lanes.slice(3)).toEqual(lanes.slice(0, 3));
  expect(new Set(lanes).size).toBe(3);
});

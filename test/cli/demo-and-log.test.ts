import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, answer, type DemoArchives, demoArchives, words } from './demo-archives.ts';

let here: DemoArchives;

beforeAll(async () => {
  here = await demoArchives();
});

afterAll(() => rmSync(here.folder, { recursive: true, force: true }));

describe('every command', () => {
  test('logs events, results and errors as JSON lines', async () => {
    const log = join(here.folder, 'run.log');
    await words(['verify', here.bundle, '--log-file', log]);
    await words(['verify', join(here.folder, 'nothing'), '--log-file', log]);
    const lines: Answer[] = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['start', 'phase', 'result', 'end']));
    expect(lines.at(-2)).toMatchObject({ level: 'error', code: 'input-not-found' });
  });

  test('a log that cannot be written is said', async () => {
    const { status, err } = await words([
      'verify',
      here.bundle,
      '--log-file',
      join(here.folder, 'no', 'run.log'),
    ]);
    expect(status).toBe(2);
    expect(err).toContain('[option-value]');
  });
});

describe('demo', () => {
  test.each(['en', 'hu'])('walks through every step in %s', async (lang) => {
    const dir = join(here.folder, `walk-${lang}`);
    const { status, out, err } = await words(['demo', dir, '--lang', lang]);
    expect(err).not.toContain('✘');
    expect(status).toBe(0);
    for (const command of ['export', 'inspect', 'verify', 'apply'])
      expect(out).toContain(`$ indabundle ${command}`);
    expect(existsSync(join(dir, 'trip.indabundle'))).toBe(true);
  });

  test('answers as one document', async () => {
    const { status, answer: document } = await answer(['demo', join(here.folder, 'walk-json')]);
    expect(status).toBe(0);
    const { steps } = document.result;
    const commands = steps.map((step: Answer) => step.document.command);
    expect(commands).toEqual(['export', 'inspect', 'verify', 'apply', 'apply']);
    expect(steps[3].document.results[0].outcomes).toMatchObject({ restored: 1, conflict: 1, banned: 1 });
  });

  test('touches no folder that is not its own', async () => {
    const walked = join(here.folder, 'walk-again');
    expect((await words(['demo', walked])).status).toBe(0);
    expect((await words(['demo', walked])).status).toBe(2);
    expect((await words(['demo', walked, '--force'])).status).toBe(0);
    expect((await words(['demo', here.folder, '--force'])).status).toBe(2);
    expect(existsSync(here.bundle)).toBe(true);
  });
});

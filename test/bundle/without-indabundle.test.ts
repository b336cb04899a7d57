import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, lacks, run } from './programs.ts';
import { bundleOf, noise, type Part, photo, sha256, text } from './sample-bundle.ts';
import { section } from './specification.ts';

const PROGRAMS = lacks('tar') || lacks('zstd') || lacks('sha256sum') || lacks('bash');

const parts: Part[] = [
  text('manifest.json', '{"words":"szép képek"}\n'),
  text('README.txt', 'Képek.\n'),
  photo(noise(300_000, 1)),
  photo(noise(17 * 1024 * 1024, 2)),
  photo(noise(0)),
  text('index.jsonl', '{}\n'),
];
const sums = text('SHA256SUMS', parts.map(({ name, content }) => `${sha256(content)}  ${name}\n`).join(''));

/** Every command that the specification shows, each in an empty folder beside the bundle. */
const commands = [...section(21).matchAll(/```sh\n([^`]*)```/g)].map(([, block]) => block!.trim());

test(`the commands of the specification do what it says${PROGRAMS}`, async ({ skip }) => {
  if (PROGRAMS) skip();
  expect(commands.length).toBe(3);
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'trip.indabundle'), await bundleOf([...parts, sums]));
    const shell = (script: string) => run('bash', ['-c', `set -e -o pipefail; ${script}`], folder);
    const [unpack, pipe, look] = commands as [string, string, string];
    expect(shell(unpack).match(/: OK$/gm)).toHaveLength(parts.length);
    for (const { name, content } of parts)
      expect(sha256(readFileSync(join(folder, name)))).toBe(sha256(content));
    rmSync(join(folder, 'files'), { recursive: true });
    shell(pipe);
    for (const { name, content } of parts)
      expect(sha256(readFileSync(join(folder, name)))).toBe(sha256(content));
    const lines = look.split('\n');
    const seen = lines.map((line) => run('bash', ['-c', line.replace(/ # .*/, '')], folder));
    expect(seen[1]).toMatch(/# Zstandard Frames: 25/);
    expect(seen[2]!.match(/^-rw-r--r-- /gm)).toHaveLength(parts.length + 2);
    expect(seen[3]).toBe('{"words":"szép képek"}\n');
  });
});

test(`under its other name tar finds out for itself${PROGRAMS}`, async ({ skip }) => {
  if (PROGRAMS) skip();
  await inFolder(async (folder) => {
    writeFileSync(join(folder, 'trip.tar.zst'), await bundleOf([...parts, sums]));
    mkdirSync(join(folder, 'out'));
    run('tar', ['-xf', join(folder, 'trip.tar.zst'), '-C', join(folder, 'out')]);
    expect(sha256(readFileSync(join(folder, 'out', parts[3]!.name)))).toBe(sha256(parts[3]!.content));
  });
});

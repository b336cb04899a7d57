import { createHash } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { EXIT } from '../../src/base/errors.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import { counted } from './counting.ts';
import { indabundle } from './program.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const sender = buildArchive(join(folder, 'sender'), { schema: 'today', images: [{}, {}, {}] });
const request = join(folder, 'wanted.indarequest');
const out = join(folder, 'out');
const output = join(out, 'answer.indabundle');
const MIB = 1024 * 1024;

type Line = { readonly [key: string]: unknown };

const HEAD = {
  format: { name: 'indarequest', version: 1, capabilities: [] as string[] },
  created: '2026-03-14T10:15:00Z',
  generator: { name: 'fixture', version: '0' },
  list_id: '0123456789abcdef',
  images: 2,
  bytes: 1000,
};
const HASHES = { hashes: sender.images.slice(0, 2).map(({ fileDigest }) => fileDigest!) };

/** Lines with an end that proves them, whatever they say. */
function proven(lines: readonly (Line | string | Buffer)[], wants = 2): Buffer {
  const bytes = Buffer.concat(
    lines.flatMap((line) => [
      typeof line === 'string' || Buffer.isBuffer(line)
        ? Buffer.from(line)
        : Buffer.from(JSON.stringify(line)),
      Buffer.from('\n'),
    ]),
  );
  const digest = createHash('sha256').update(bytes).digest('hex');
  return Buffer.concat([bytes, Buffer.from(`${JSON.stringify({ end: { wants, digest } })}\n`)]);
}

const GOOD = proven([HEAD, HASHES]);

async function answered(bytes: Buffer): Promise<string> {
  rmSync(out, { recursive: true, force: true });
  buildArchive(out, { schema: 'first', images: [] });
  const before = readdirSync(out);
  writeFileSync(request, bytes);
  const options = { db: sender.databasePath, selection: { kind: 'request' as const, file: request }, output };
  const code = await exportBundle(options).then(
    ({ files }) => `${files} files`,
    (error: unknown) => String((error as { code?: unknown }).code ?? error),
  );
  if (!code.endsWith('files')) expect(readdirSync(out)).toEqual(before);
  return code;
}

test('a good request is answered', async () => {
  expect(await answered(GOOD)).toBe('2 files');
});

describe('a request that somebody crafted is refused, and nothing is written', () => {
  const text = JSON.stringify;
  const cases: Record<string, () => Buffer> = {
    'nothing at all': () => Buffer.alloc(0),
    'no JSON': () => proven(['DROP TABLE images']),
    'another format': () => proven([{ ...HEAD, format: { ...HEAD.format, name: 'indabundle' } }, HASHES]),
    'a later version': () => proven([{ ...HEAD, format: { ...HEAD.format, version: 2 } }, HASHES]),
    'a capability that nobody has': () =>
      proven([{ ...HEAD, format: { ...HEAD.format, capabilities: ['teleport'] } }, HASHES]),
    'no head': () => proven([HASHES]),
    'two heads': () => proven([HEAD, HEAD, HASHES]),
    'a list id that is a path': () => proven([{ ...HEAD, list_id: '../../etc' }, HASHES]),
    'a digest that is a path': () => proven([HEAD, { hashes: ['../../etc/passwd'] }], 1),
    'JSON nested 10,000 deep': () =>
      proven([HEAD, text(HASHES).replace('{', `{"future":${'['.repeat(10_000)}${']'.repeat(10_000)},`)]),
    'a key that occurs twice': () => proven([HEAD, `{"hashes":[],${text(HASHES).slice(1)}`]),
    __proto__: () => proven([text(HEAD).replace('{', '{"__proto__":{"polluted":true},'), HASHES]),
    'a NUL in an address': () => proven([HEAD, { urls: ['http://a/\u0000'] }], 1),
    'a lone surrogate': () => proven([HEAD, '{"urls":["\\ud800"]}'], 1),
    'bad UTF-8': () => proven([HEAD, Buffer.from('7b2275726c73223a5b22ff225d7d', 'hex')], 1),
    'a line of 5 MiB': () => proven([HEAD, { urls: ['x'.repeat(5 * MIB)] }], 1),
    'fewer wants than it says': () => proven([HEAD, HASHES], 3),
    'more behind its end': () => Buffer.concat([GOOD, Buffer.from('\n')]),
    'two requests joined': () => Buffer.concat([GOOD, GOOD]),
  };

  test.each(Object.keys(cases))('%s', async (what) => {
    expect(await answered(cases[what]!())).toBe('not-a-request');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  test('cut anywhere, or with a bit flipped anywhere', async (context) => {
    for (let at = 0; at < GOOD.length; at += 7) {
      expect([at, await answered(GOOD.subarray(0, at))]).toEqual([at, 'not-a-request']);
      const flipped = Buffer.from(GOOD);
      flipped[at]! ^= 1 << (at % 8);
      expect([at, await answered(flipped)]).toEqual([at, 'not-a-request']);
      counted(context, 'requests damaged', 2);
    }
  });
});

test('a terminal is told nothing raw of what a request says', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\r\u202e\u009b31m';
  const generator = { name: evil, version: evil };
  writeFileSync(request, proven([{ ...HEAD, generator }, { urls: [`http://a/${evil}`] }], 1));
  rmSync(output, { force: true });
  const args = ['export', '--db', sender.databasePath, '--request', request, '-o', output];
  const { status, stdout, stderr } = await indabundle(args);
  expect([EXIT.whole, EXIT.partial]).toContain(status);
  expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import { verifyBundle } from '../../src/verify/verify-bundle.ts';
import { type BuiltArchive, buildArchive } from '../../fixtures/archive-builder.ts';
import { frameBorders } from './mutations.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const file = join(folder, 'damaged.indabundle');
const requestFile = join(folder, 'lost.indarequest');
const COUNT = 1030;
let sender: BuiltArchive;
let good: Buffer;
/** The frames: manifest, README, two shards of records, photos, index, sums, end. */
let borders: number[];

beforeAll(async () => {
  const images = Array.from({ length: COUNT }, (_, at) => ({
    siteImageId: 1_800_000 + at,
    author: `Szerző ${at % 4}`,
    tags: [],
  }));
  sender = buildArchive(join(folder, 'sender'), { schema: 'today', images });
  const output = join(folder, 'good.indabundle');
  await exportBundle({ db: sender.databasePath, selection: { kind: 'all' }, output });
  good = readFileSync(output);
  borders = frameBorders(good);
});
beforeEach(() => receiver.renew());

const MANIFEST = 0;
const FIRST_SHARD = 2;
const FIRST_PHOTOS = 4;

/** The bundle without some of its frames: zeroed, or cut out. */
function without(how: 'zeroed' | 'gone', ...frames: number[]): Buffer {
  const kept = borders.slice(0, -1).map((from, at) => {
    const frame = good.subarray(from, borders[at + 1]);
    if (!frames.includes(at)) return frame;
    return how === 'gone' ? Buffer.alloc(0) : Buffer.alloc(frame.length);
  });
  return Buffer.concat([...kept, good.subarray(borders.at(-1))]);
}

const isSecond = (at: number) => at >= 1000;
const inOrder = () => [...sender.images].sort((a, b) => (a.localPath! < b.localPath! ? -1 : 1));
const digestsOf = (keep: (at: number) => boolean) =>
  inOrder()
    .filter((_, at) => keep(at))
    .map((image) => image.fileDigest!)
    .sort();

async function salvaged(bytes: Buffer): Promise<{ landed: string[]; lost: string[]; status: number }> {
  writeFileSync(file, bytes);
  const { lost, lostTotal, verdict, findings } = await verifyBundle({ input: file });
  const streamed = await verifyBundle({ input: Readable.from([bytes]) });
  expect(streamed.findings).toEqual(findings);
  expect([streamed.lostTotal, verdict]).toEqual([lostTotal, 'damaged']);
  const { status } = await receiver.apply(file);
  const landed = receiver.landed();
  expect(landed).toMatchObject({ wrong: [], strange: [], integrity: 'ok' });
  expect(lost.length).toBe(Math.min(lostTotal, 1000));
  return { landed: [...landed.digests].sort(), lost: lost.map(({ digest }) => digest!).sort(), status };
}

describe('a lost head', () => {
  test.each<[string, () => Buffer]>([
    ['zeroed', () => without('zeroed', MANIFEST)],
    ['gone', () => without('gone', MANIFEST)],
    ['cut in its middle', () => good.subarray(borders[1]! - 100)],
    ['gone with the README', () => without('gone', MANIFEST, 1)],
    ['a zeroed sector', () => Buffer.concat([Buffer.alloc(512), good.subarray(512)])],
    [
      'zeroed, and the seek table, too',
      () => Buffer.concat([without('zeroed', MANIFEST).subarray(0, borders.at(-1)), Buffer.alloc(64)]),
    ],
  ])('%s: everything else is proven by the end of the bundle', async (_, make) => {
    expect(await salvaged(make())).toEqual({ landed: digestsOf(() => true), lost: [], status: EXIT.partial });
  });

  test('does not keep a good copy from being applied later', async () => {
    await salvaged(without('zeroed', MANIFEST, FIRST_SHARD));
    writeFileSync(file, good);
    expect(await receiver.apply(file)).toMatchObject({
      status: EXIT.whole,
      result: { outcomes: { failed: 0 } },
    });
    expect([...receiver.landed().digests].sort()).toEqual(digestsOf(() => true));
  });

  test('with a lost shard: the other shards are of use', async () => {
    const { landed, lost } = await salvaged(without('zeroed', MANIFEST, FIRST_SHARD));
    expect(landed).toEqual(digestsOf(isSecond));
    expect(lost).toEqual(digestsOf((at) => !isSecond(at)));
  });

  test('with a shard that somebody changed: it proves nothing', async () => {
    const other = join(folder, 'other.indabundle');
    await exportBundle({
      db: sender.databasePath,
      selection: { kind: 'all' },
      output: other,
      metadataUpdates: true,
      label: 'x',
      force: true,
      includePersonal: true,
    });
    const bytes = readFileSync(other);
    const places = frameBorders(bytes);
    const changed = Buffer.concat([
      Buffer.alloc(borders[1]!),
      good.subarray(borders[1], borders[2]),
      bytes.subarray(places[3], places[4]),
      good.subarray(borders[3]),
    ]);
    writeFileSync(file, changed);
    expect((await receiver.apply(file)).status).not.toBe(EXIT.whole);
    expect(receiver.landed().wrong).toEqual([]);
  });

  test('from a pipe nothing is applied: its end cannot be asked first', async () => {
    const applied = await receiver.apply(Readable.from([without('zeroed', MANIFEST)]));
    expect([applied.status, receiver.landed().digests]).toEqual([EXIT.refused, []]);
  });

  test('and a lost tail: nothing is proven, and everything is named', async () => {
    const { landed, lost, status } = await salvaged(
      without('zeroed', MANIFEST).subarray(0, borders.at(-2)! - 200),
    );
    expect([landed, status]).toEqual([[], EXIT.refused]);
    expect(lost.length).toBe(1000);
  });

  test('a strict apply takes none of it', async () => {
    writeFileSync(file, without('zeroed', MANIFEST));
    expect(await receiver.apply(file, { strict: true })).toMatchObject({ status: EXIT.refused });
    expect(receiver.landed().digests).toEqual([]);
  });
});

describe('a lost piece', () => {
  test('the tail: everything before it arrives', async () => {
    expect(await salvaged(good.subarray(0, borders.at(-4)))).toEqual({
      landed: digestsOf(() => true),
      lost: [],
      status: EXIT.partial,
    });
  });

  test('some photos: the others arrive, those are named with their addresses', async () => {
    writeFileSync(file, without('zeroed', FIRST_PHOTOS));
    const { lost, lostTotal } = await verifyBundle({ input: file });
    const addresses = new Map(sender.images.map((image) => [image.fileDigest, image.url]));
    expect(lostTotal).toBeGreaterThan(100);
    for (const { digest, url } of lost) expect(url).toBe(addresses.get(digest!));
    const { landed } = await salvaged(without('zeroed', FIRST_PHOTOS));
    expect(landed.length).toBe(COUNT - lostTotal);
  });

  test('a shard: the photos that it named are told by the index', async () => {
    const { landed, lost } = await salvaged(without('gone', FIRST_SHARD));
    expect(landed).toEqual(digestsOf(isSecond));
    expect(lost).toEqual(digestsOf((at) => !isSecond(at)));
  });
});

test('a request for what is lost brings exactly that, and completes the archive', async () => {
  writeFileSync(file, without('zeroed', FIRST_PHOTOS));
  const { request, lostTotal } = await verifyBundle({ input: file, request: requestFile });
  expect(request).toBe(requestFile);
  await receiver.apply(file);
  const output = join(folder, 'answer.indabundle');
  const answer = await exportBundle({
    db: sender.databasePath,
    selection: { kind: 'request', file: requestFile },
    output,
  });
  expect(answer.records).toBe(lostTotal);
  expect(await receiver.apply(output)).toMatchObject({ status: EXIT.whole });
  expect([...receiver.landed().digests].sort()).toEqual(digestsOf(() => true));
  await expect(verifyBundle({ input: file, request: requestFile })).rejects.toMatchObject({
    code: 'output-exists',
  });
});

test('nothing lost, no request', async () => {
  const path = join(folder, 'none.indarequest');
  writeFileSync(file, good);
  expect(await verifyBundle({ input: file, request: path })).toMatchObject({
    verdict: 'whole',
    lost: [],
    lostTotal: 0,
    request: null,
  });
});

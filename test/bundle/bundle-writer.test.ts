import { expect, test } from 'vitest';
import { SHARED_FRAME_CONTENT } from '../../src/base/limits.ts';
import { BundleWriter } from '../../src/bundle/bundle-writer.ts';
import { PackedReader } from '../../src/bundle/packed-reader.ts';
import { FindingList } from '../../src/base/findings.ts';
import {
  bundleOf,
  COMPRESSED,
  frameOffsets,
  MemorySink,
  MemorySource,
  MTIME,
  noise,
  photo,
  readAll,
  STORED,
  sha256,
  text,
} from './sample-bundle.ts';

const small = Buffer.from('{}\n');

test('the same entries give the same bytes', async () => {
  const parts = [text('manifest.json', '{"a":"é"}'), photo(noise(3000))];
  expect(sha256(await bundleOf(parts))).toBe(sha256(await bundleOf(parts)));
});

test('what is taken back was never there', async () => {
  const sink = new MemorySink();
  const writer = new BundleWriter(sink, MTIME);
  await writer.writeEntry('manifest.json', small, COMPRESSED);
  const before = writer.state;
  const lost = photo(noise(2 * SHARED_FRAME_CONTENT));
  await writer.writeEntry(lost.name, lost.content, STORED);
  expect(writer.state.frames).toBe(2);
  expect(await writer.rewind(before)).toBe(true);
  expect(writer.state).toEqual(before);
  await writer.writeEntry('index.jsonl', small, COMPRESSED);
  await writer.end('end.json', small);
  expect(await readAll(sink.bytes())).toMatchObject({
    names: ['manifest.json', 'index.jsonl', 'end.json'],
    codes: [],
  });
});

test('a sink that takes nothing back says so, and nothing changes', async () => {
  const sink = new MemorySink();
  sink.truncate = async () => false;
  const writer = new BundleWriter(sink, MTIME);
  const before = writer.state;
  await writer.writeEntry('manifest.json', small, COMPRESSED);
  const after = writer.state;
  expect(await writer.rewind(before)).toBe(false);
  expect(writer.state).toEqual(after);
});

test('an entry that is longer or shorter than announced is an error', async () => {
  const writer = new BundleWriter(new MemorySink(), MTIME);
  const longer = writer.openEntry('README.txt', 4, COMPRESSED);
  await longer.write(Buffer.from('abc'));
  await expect(longer.write(Buffer.from('de'))).rejects.toThrow(/longer than 4/);
  const shorter = writer.openEntry('README.txt', 4, COMPRESSED);
  await shorter.write(Buffer.from('abc'));
  await expect(shorter.close()).rejects.toThrow(/1 bytes short/);
});

test('an entry comes out the same, in whatever pieces it went in', async () => {
  const content = noise(40_000);
  const sums = new Set<string>();
  for (const step of [1, 511, 512, 513, 40_000]) {
    const sink = new MemorySink();
    const writer = new BundleWriter(sink, MTIME);
    const entry = writer.openEntry(photo(content).name, content.length, STORED);
    for (let at = 0; at < content.length; at += step) await entry.write(content.subarray(at, at + step));
    await entry.close();
    await writer.end('end.json', small);
    sums.add(sha256(sink.bytes()));
  }
  expect(sums.size).toBe(1);
});

test('frames that are not needed are passed over', async () => {
  const photos = [1, 2, 3].map((seed) => photo(noise(50_000, seed)));
  const bundle = await bundleOf([text('manifest.json', '{}'), ...photos, text('index.jsonl', '{}\n')]);
  const offsets = frameOffsets(bundle);
  const findings = new FindingList();
  const source = new MemorySource(bundle, () => 1000);
  const reader = new PackedReader(source, findings);
  reader.skip = (number) =>
    number === 1 ? { number: 4, offset: offsets[4]!, tarOffset: 1024 + 3 * 51_200 } : null;
  const names: string[] = [];
  for await (const entry of reader.entries())
    names.push(`${entry.name} ${entry.tarOffset} ${entry.place.frame}`);
  const index = 1024 + 3 * 51_200;
  expect(names).toEqual(['manifest.json 0 0', `index.jsonl ${index} 4`, `end.json ${index + 1024} 5`]);
  expect([findings.listed, reader.ended, reader.position]).toEqual([[], true, bundle.length]);
});

test('a seek table is not read where frames were passed over, whatever its size', async () => {
  const bundle = await bundleOf([
    text('manifest.json', '{}'),
    photo(noise(500)),
    text('index.jsonl', '{}\n'),
  ]);
  const offsets = frameOffsets(bundle);
  bundle.writeUInt32LE(0xffff_fff0, offsets[4]! + 4);
  const findings = new FindingList();
  const source = new MemorySource(bundle);
  const reader = new PackedReader(source, findings);
  reader.skip = (number) => (number === 1 ? { number: 2, offset: offsets[2]!, tarOffset: 2048 } : null);
  const names: string[] = [];
  for await (const entry of reader.entries()) names.push(entry.name);
  expect(names).toEqual(['manifest.json', 'index.jsonl', 'end.json']);
  expect(findings.listed.map((finding) => finding.code)).toEqual(['truncated']);
  expect(source.largestRead).toBeLessThan(16 * 1024 * 1024);
});

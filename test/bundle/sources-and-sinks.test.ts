import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { StreamSink } from '../../src/bundle/byte-sink.ts';
import { ByteCursor } from '../../src/bundle/byte-cursor.ts';
import { FileSource, StreamSource } from '../../src/bundle/byte-source.ts';
import { PART_SUFFIX, PartFile } from '../../src/bundle/part-file.ts';
import { inFolder } from './programs.ts';
import { bundleOf, MemorySource, noise, photo, readAll, text } from './sample-bundle.ts';

const parts = [text('manifest.json', '{}'), photo(noise(200_000)), text('index.jsonl', '{}\n')];

describe('reading', () => {
  test('a file and a pipe give the same', async () => {
    await inFolder(async (folder) => {
      const bundle = await bundleOf(parts);
      const path = join(folder, 'trip.indabundle');
      writeFileSync(path, bundle);
      const file = await FileSource.open(path);
      const fromFile = await readAll(file);
      await file.close();
      expect(fromFile.codes).toEqual([]);
      const pieces = Array.from({ length: 400 }, (_, n) => bundle.subarray(n * 512, (n + 1) * 512));
      expect(await readAll(new StreamSource('-', Readable.from(pieces)))).toEqual(fromFile);
      expect(await readAll(new MemorySource(bundle))).toEqual(fromFile);
    });
  });

  test('a pipe that fails is an error, not an end', async () => {
    const stream = Readable.from(
      (async function* () {
        yield (await bundleOf(parts)).subarray(0, 300);
        throw new Error('EIO: the stick was pulled out');
      })(),
    );
    await expect(readAll(new StreamSource('-', stream))).rejects.toThrow('pulled out');
  });

  test('a pipe cannot be read at a position, and says so', async () => {
    const source = new StreamSource('-', Readable.from([]));
    expect(() => source.readAt()).toThrow(TypeError);
    expect(() => source.seek()).toThrow(TypeError);
  });

  test('a window goes forward and back over a source', async () => {
    const content = noise(5_000_000);
    const cursor = new ByteCursor(new MemorySource(content, () => 70_000));
    for (const [position, length] of [
      [0, 10],
      [3, 3_000_000],
      [4_999_990, 10],
      [100, 100],
      [150, 50],
    ] as const) {
      cursor.seek(position);
      expect(await cursor.ensure(length)).toBe(true);
      const same = cursor.bytes.subarray(0, length).equals(content.subarray(position, position + length));
      expect([position, same, cursor.offset]).toEqual([position, true, position]);
    }
    cursor.seek(4_999_995);
    expect(await cursor.ensure(6)).toBe(false);
    expect(cursor.available).toBe(5);
  });
});

describe('writing a file', () => {
  test('it has its name only when it is whole', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'trip.indabundle');
      const file = await PartFile.open(path);
      await file.write(Buffer.from('first '));
      await file.write(Buffer.from('second'));
      expect(existsSync(path)).toBe(false);
      expect(readFileSync(path + PART_SUFFIX, 'utf8')).toBe('first second');
      await file.finish();
      expect(existsSync(path + PART_SUFFIX)).toBe(false);
      expect(readFileSync(path, 'utf8')).toBe('first second');
    });
  });

  test('what was there stays until then, and when it is given up', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'trip.indabundle');
      writeFileSync(path, 'old');
      const file = await PartFile.open(path);
      await file.write(Buffer.from('new'));
      await file.abandon();
      expect(readFileSync(path, 'utf8')).toBe('old');
    });
  });

  test('it can be taken back, and gone on with', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'trip.indabundle');
      const file = await PartFile.open(path);
      await file.write(Buffer.from('abcdef'));
      expect(await file.truncate(4)).toBe(true);
      await file.write(Buffer.from('X'));
      await file.abandon();
      const again = await PartFile.open(path, 5);
      await again.write(Buffer.from('Y'));
      await again.finish();
      expect(readFileSync(path, 'utf8')).toBe('abcdXY');
    });
  });
});

describe('writing a stream', () => {
  test('at the pace of its reader', async () => {
    const stream = new PassThrough({ highWaterMark: 1000 });
    const sink = new StreamSink(stream);
    let written = 0;
    const writing = (async () => {
      for (; written < 100; written += 1) await sink.write(noise(1000, written));
      await sink.finish();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(5);
    let read = 0;
    for await (const chunk of stream) read += (chunk as Buffer).length;
    await writing;
    expect(read).toBe(100_000);
    expect(await sink.truncate()).toBe(false);
  });

  test('a reader that went away is an error', async () => {
    const stream = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('EPIPE: broken pipe'), { code: 'EPIPE' }));
      },
    });
    const sink = new StreamSink(stream);
    const closed = new Promise((resolve) => stream.on('close', resolve));
    const writing = async () => {
      for (let n = 0; n < 100; n += 1) await sink.write(noise(100_000));
    };
    await expect(writing()).rejects.toThrow('EPIPE');
    await closed;
    await expect(sink.finish()).rejects.toThrow('EPIPE');
  });

  test('a reader that closes without a word is an error, too', async () => {
    const stream = new PassThrough({ highWaterMark: 1000 });
    const sink = new StreamSink(stream);
    const writing = async () => {
      for (let n = 0; n < 100; n += 1) await sink.write(noise(1000, n));
    };
    setImmediate(() => stream.destroy());
    await expect(writing()).rejects.toMatchObject({ code: 'EPIPE' });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'EPIPE' });
  });
});

import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { verifyBundle } from '../../src/verify/verify-bundle.ts';
import { digestOf, hostileBundle } from '../../fixtures/hostile-bundle.ts';
import { counted } from './counting.ts';
import { type HostileCase, IMAGES } from './hostile-case.ts';
import { CONTAINER_CASES } from './hostile-cases.ts';
import { AUTHOR_CASES, DOCUMENT_CASES, FRAME_CASES, RECORD_CASES } from './hostile-documents.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const file = join(folder, 'hostile.indabundle');
const CASES = [...CONTAINER_CASES, ...FRAME_CASES, ...RECORD_CASES, ...AUTHOR_CASES, ...DOCUMENT_CASES];

test('the bundle that they are all made from is whole, and all of it arrives', async () => {
  writeFileSync(file, hostileBundle(IMAGES));
  expect(await verifyBundle({ input: file })).toMatchObject({
    verdict: 'whole',
    findings: [],
    files: 3,
    records: 3,
  });
  receiver.renew();
  expect(await receiver.apply(file)).toMatchObject({
    status: EXIT.whole,
    result: { outcomes: { added: 3 } },
  });
  expect(receiver.landed()).toMatchObject({
    digests: IMAGES.map((image) => digestOf(image.file)),
    wrong: [],
    strange: [],
  });
});

describe.each(CASES.map((one) => [one.code, one.title, one] as const))(
  '%s: %s',
  (_, __, one: HostileCase) => {
    const images = one.images ?? IMAGES;

    test('is found, from a file and from a pipe, and costs no more than it must', async (context) => {
      const bundle = hostileBundle(images, one.hooks);
      writeFileSync(file, bundle);
      const verified = await verifyBundle({ input: file });
      const named = verified.findings.find(
        ({ code, gravity }) => code === one.code && gravity === one.gravity,
      );
      expect(verified.findings.map(({ code, gravity }) => [code, gravity])).toContainEqual([
        one.code,
        one.gravity,
      ]);
      if (one.line !== undefined) expect(named?.where.line).toBe(one.line);
      expect(verified.verdict).toBe('damaged');
      const streamed = await verifyBundle({ input: Readable.from([bundle]) });
      expect(streamed.findings).toEqual(verified.findings);

      receiver.renew();
      const { status } = await receiver.apply(file);
      const landed = receiver.landed();
      expect([...landed.digests].sort()).toEqual(one.arrive.map((at) => digestOf(images[at]!.file)).sort());
      expect(status).toBe(one.arrive.length > 0 ? EXIT.partial : EXIT.refused);
      expect(landed).toMatchObject({ wrong: [], strange: [], integrity: 'ok' });
      expect(Object.prototype).not.toHaveProperty('polluted');
      counted(context, 'hostile bundles');
    });
  },
);

import { expect, test } from 'vitest';
import { buildArchive, type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { LocalIndex } from '../../src/archive/local-index.ts';
import { openToRead } from '../../src/archive/open.ts';
import { archiveImages, identityPart } from '../../src/holdings/archive-images.ts';
import { Holdings } from '../../src/holdings/holdings.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

type Asked = Parameters<typeof identityPart>[0] & Record<'url' | 'page_url' | 'sha256_hash', string | null>;

const PAGE = 'https://indafoto.hu/anna/image/';
const URLS = [
  null,
  siteUrl(1),
  siteUrl(2),
  'https://elsewhere.example/a.jpg',
  'https://elsewhere.example/b.jpg',
];
const PAGES = [
  null,
  `${PAGE}1-aa`,
  `${PAGE}2-bb`,
  'https://elsewhere.example/a',
  'https://elsewhere.example/b',
];
const DIGESTS = [null, 'a'.repeat(64), 'b'.repeat(64)];

const IMAGES: ImageSpec[] = URLS.flatMap((url) =>
  PAGES.flatMap((pageUrl) => DIGESTS.map((digest) => ({ url, pageUrl, digest, file: 'missing' as const }))),
);

/** Which of `asked` are the same image as the only row of an archive: by that row, and by its catalogue. */
async function sameAs(image: ImageSpec, asked: readonly Asked[], name: string): Promise<[Asked[], Asked[]]> {
  const archive = openToRead(buildArchive(folder(name), { schema: 'today', images: [image] }).databasePath);
  const index = await LocalIndex.build(archive);
  const holdings = await Holdings.load(archiveImages(archive, false));
  try {
    return [
      asked.filter(
        ({ url, page_url, sha256_hash }) => index.matches({ url, pageUrl: page_url }, sha256_hash).length,
      ),
      asked.filter((one) => holdings.matches(identityPart(one)).length),
    ];
  } finally {
    holdings.close();
    archive.close();
  }
}

test('what a catalogue says of two images decides as their rows do, whatever either lacks', async () => {
  const { images } = buildArchive(folder('all'), { schema: 'today', images: IMAGES });
  const asked = images.map(({ url, pageUrl, digest }) => ({ url, page_url: pageUrl, sha256_hash: digest }));
  let same = 0;
  for (const [at, image] of IMAGES.entries()) {
    const [byRows, byCatalogue] = await sameAs(image, asked, String(at));
    expect({ image, same: byCatalogue }).toEqual({ image, same: byRows });
    same += byRows.length;
  }
  expect(same).toBeGreaterThan(IMAGES.length);
});

test('each row finds itself, where it has anything to be found by', async () => {
  const built = buildArchive(folder('all'), { schema: 'today', images: IMAGES });
  const archive = openToRead(built.databasePath);
  const holdings = await Holdings.load(archiveImages(archive, false));
  try {
    const lost: number[] = [];
    for (const { id, url, pageUrl, digest } of built.images) {
      const found = holdings.matches(identityPart({ url, page_url: pageUrl, sha256_hash: digest }));
      if (!found.some((held) => held.id === id)) lost.push(id);
    }
    expect(lost).toEqual([1]); // neither address nor digest
  } finally {
    holdings.close();
    archive.close();
  }
});

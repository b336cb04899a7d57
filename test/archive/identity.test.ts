import { describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { type Identity, siteImageId, siteSize } from '../../src/archive/identity.ts';
import { LocalIndex } from '../../src/archive/local-index.ts';
import { openToRead } from '../../src/archive/open.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const HEX = 'ab'.repeat(16);
const FILE_URL = `https://img7.indafoto.hu/5/7/24927_${HEX}/1581205_${HEX}_l.jpg`;
const PAGE_URL = 'https://indafoto.hu/tothgabor/image/27344784-e761530c';

describe('the site’s id of an image', () => {
  test.each<[string | null, string | null, string | null]>([
    [FILE_URL, null, '1581205'],
    [FILE_URL.replace('img7', 'img2').replace('_l.', '_xxl.'), null, '1581205'],
    [FILE_URL.replace('_l.jpg', '.jpg'), null, '1581205'],
    [FILE_URL.replace('https', 'http'), null, '1581205'],
    [`${FILE_URL}?x=1`, null, '1581205'],
    [FILE_URL.replace('1581205', '0001581205'), null, '1581205'],
    [FILE_URL, PAGE_URL, '1581205'],
    [null, PAGE_URL, '27344784'],
    [null, `${PAGE_URL}/104777`, '27344784'],
    [null, `${PAGE_URL}/user?token=4f2a`, '27344784'],
    [null, 'https://indafoto.hu/tothgabor/image/27344784', '27344784'],
    ['https://example.org/1.jpg', PAGE_URL, '27344784'],
    ['https://example.org/1581205_l.jpg', null, null],
    [`https://gonosz.hu/indafoto.hu/1_${HEX}/1581205_${HEX}_l.jpg`, null, null],
    [`https://xindafoto.hu/1_${HEX}/1581205_${HEX}_l.jpg`, null, null],
    [null, 'https://indafoto.hu/tothgabor/album/104777', null],
    ['', '', null],
    [null, null, null],
  ])('of %j and %j is %j', (url, pageUrl, id) => {
    expect(siteImageId({ url, pageUrl })).toBe(id);
  });

  test.each([
    ['xxl', 3],
    ['xl', 2],
    ['l', 1],
    ['m', 0],
  ] as const)('the size %s counts %i', (size, rank) => {
    expect(siteSize(FILE_URL.replace('_l.', `_${size}.`))).toBe(rank);
    expect([siteSize(null), siteSize('https://example.org/a_xxl.jpg')]).toEqual([0, 0]);
  });
});

describe('the rows that are the same image', () => {
  const folder = scratchFolder();
  const BYTES = uniqueJpeg('bytes');
  const own = 'https://example.org/egy.jpg';
  const page = 'https://example.org/oldal';
  const images: readonly ImageSpec[] = [
    { siteImageId: 1 },
    { siteImageId: 1, url: siteUrl(1, { server: 2, size: 'xl' }) },
    { siteImageId: 1, url: null },
    { url: own, pageUrl: null },
    { url: null, pageUrl: page },
    { url: null, pageUrl: null, file: BYTES },
    { url: '', pageUrl: '', file: BYTES, digest: 'upper' },
    { siteImageId: 8, file: BYTES },
  ];

  test.each<[string, Partial<Identity>, Buffer | null, number[]]>([
    ['by site id, lowest first', { url: siteUrl(1, { server: 9 }) }, null, [1, 2, 3]],
    ['by site id of the page', { pageUrl: 'https://indafoto.hu/x/image/1-ab' }, null, [1, 2, 3]],
    ['by address', { url: own }, null, [4]],
    [
      'by address, though the record knows the site id',
      { url: own, pageUrl: 'https://indafoto.hu/x/image/99' },
      null,
      [4],
    ],
    ['by page', { pageUrl: page }, null, [5]],
    [
      'not by page where both have addresses',
      { url: 'https://example.org/ketto.jpg', pageUrl: null },
      null,
      [],
    ],
    ['by bytes where the record has no address', {}, BYTES, [6, 7, 8]],
    ['by bytes where only the rows have none', { url: siteUrl(77) }, BYTES, [6, 7]],
    ['not at all', { url: siteUrl(77) }, uniqueJpeg('others'), []],
    ['not by bytes that nobody knows', {}, null, []],
  ])('are found %s', async (_, identity, bytes, ids) => {
    const { databasePath } = buildArchive(folder('archive'), { schema: 'today', images });
    const archive = openToRead(databasePath);
    const index = await LocalIndex.build(archive);
    const digest = bytes === null ? null : sha256(bytes);
    const found = index.matches({ url: null, pageUrl: null, ...identity }, digest).map(({ id }) => id);
    archive.close();
    expect(found).toEqual(ids);
  });
});

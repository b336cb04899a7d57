import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FINDING_CODES } from '../../src/base/findings.ts';
import { ENTRY_ORDER, entryKind, PAYLOAD_EXTENSIONS } from '../../src/bundle/entry-names.ts';
import { writeHeader } from '../../src/bundle/tar-header.ts';
import { IMAGE_COLUMNS, OMISSION_REASONS } from '../../src/manifest/types.ts';
import { frameOf } from '../bundle/sample-bundle.ts';
import { firstColumn, hexFromDocs, section, specification } from '../bundle/specification.ts';

describe('docs/format.md says what the program does', () => {
  test('findings', () => {
    expect(firstColumn(section(18)).sort()).toEqual([...FINDING_CODES].sort());
  });

  test('reasons for omissions', () => {
    const [, reasons] = section(13).split('| reason | the file |');
    expect(firstColumn(`|${reasons}`)).toEqual([...OMISSION_REASONS]);
  });

  test('columns of images', () => {
    const sentence = /The fields of `image`[^.]*\./.exec(section(10))![0];
    const columns = [...sentence.matchAll(/`(\w+)`/g)].map(([, name]) => name).slice(1);
    expect(columns).toEqual([...IMAGE_COLUMNS]);
  });

  test('extensions of payload', () => {
    expect(section(7)).toContain(`.(${PAYLOAD_EXTENSIONS.join('|')})`);
  });

  test('entries, in their order', () => {
    const names = firstColumn(section(7).replaceAll(/^\| \d+ /gm, '')).filter(
      (name) => !name.includes('00002'),
    );
    const kinds = names.map((name) => entryKind(name) ?? (name.startsWith('files/') ? 'payload' : null));
    expect(kinds).toEqual([...ENTRY_ORDER]);
  });

  test('a tar header', () => {
    const header = Buffer.alloc(512);
    writeHeader({ name: 'manifest.json', size: 1234, mtime: Date.UTC(2025, 2, 15, 8, 30) / 1000 }, header, 0);
    expect(hexFromDocs('tar-header', 512).toString('hex')).toBe(header.toString('hex'));
  });

  test.each([
    ['stored-frame-small', 1024],
    ['stored-frame-large', 9 * 1024 * 1024],
  ])('a %s', (title, size) => {
    const example = hexFromDocs(title);
    const frame = frameOf(Buffer.alloc(size), { kind: 'stored' });
    expect(example.length).toBeGreaterThan(10);
    expect(example.toString('hex')).toBe(frame.subarray(0, example.length).toString('hex'));
  });
});

describe('docs/format.md holds together', () => {
  test('every link leads to a heading', () => {
    const anchor = (heading: string) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-');
    const anchors = [...specification.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));
    const links = [...specification.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
  });

  test('the schemas that it names are there', () => {
    for (const name of ['manifest', 'record', 'author', 'index', 'end']) {
      expect(section(8)).toContain(`\`${name}\``);
      expect(existsSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url))).toBe(true);
    }
  });
});

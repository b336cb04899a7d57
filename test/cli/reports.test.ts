import { describe, expect, test } from 'vitest';
import type { ApplyResult } from '../../src/apply/options.ts';
import { BundleError } from '../../src/base/errors.ts';
import type { Finding } from '../../src/base/findings.ts';
import { type Language, LANGUAGES } from '../../src/cli/language.ts';
import { makePage, type Page } from '../../src/cli/output/page.ts';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { applyLines } from '../../src/cli/reports/apply-report.ts';
import { errorLines } from '../../src/cli/reports/error-report.ts';
import { exportLines } from '../../src/cli/reports/export-report.ts';
import { inspectLines } from '../../src/cli/reports/inspect-report.ts';
import { verifyLines } from '../../src/cli/reports/verify-report.ts';
import { loadTexts } from '../../src/cli/texts.ts';
import type { ExportResult } from '../../src/export/options.ts';
import type { Manifest, Tally } from '../../src/manifest/types.ts';
import type { VerifyResult } from '../../src/verify/types.ts';

const DIGEST = '5a7baf4ef3c06bdb0479690067cee92988d1a256f6ff1ef6ad1fe04f5e582c54';
const HOSTILE = 'Őry Ákos \u001b[31m\u202e\r';

function tally(...names: string[]): Tally {
  return { count: names.length, top: names.map((name, index) => ({ name, images: 1200 - index })) };
}

const MANIFEST: Manifest = {
  format: { name: 'indabundle', version: 1, capabilities: [] },
  created: '2026-03-14T09:26:53Z',
  generator: { name: 'indabundle', version: '0.1.0' },
  source: { label: `Kovács Éva ${HOSTILE}` },
  export_id: 'abc',
  selection: {
    words: 'x',
    data: { kind: 'filters', filters: { author: ['Tóth Gábor', HOSTILE], since: '2011' } },
  },
  volume: { number: 2, count: 12, export_id: 'abc' },
  totals: { records: 12_345, files: 12_000, payload_bytes: 34_567_890_123 },
  summary: {
    authors: tally(...Array.from({ length: 30 }, (_, index) => `Nagy-Kőszegi Réka ${index} 🌺`)),
    albums: tally('Magyar tájak', 'x'.repeat(60)),
    collections: tally(),
    tags: tally('balaton', HOSTILE),
    licenses: tally('CC BY-SA 2.5 HU'),
    dates: { from: '2008-05-11', to: '2013-09-01' },
  },
  records: [],
  authors: [],
  readme: { digest: DIGEST, size: 1 },
};

const FINDINGS: Finding[] = [
  {
    code: 'file-digest-mismatch',
    gravity: 'damage',
    where: { bundle: 'trip.indabundle', entry: `files/5a/${DIGEST}.jpg`, frame: 12, offset: 123_456 },
    expected: DIGEST,
    found: DIGEST.toUpperCase(),
  },
  {
    code: 'file-omitted',
    gravity: 'omission',
    where: { entry: 'index.jsonl', line: 7 },
    expected: DIGEST,
    found: 'mismatch',
  },
  {
    code: 'entry-name-unsafe',
    gravity: 'refuse',
    where: {},
    expected: 'a name from the format',
    found: `../${HOSTILE}`,
  },
];

const EXPORTED: ExportResult = {
  dryRun: false,
  path: '/stick/út a Balatonhoz.indabundle',
  exportId: 'abc',
  bundleId: DIGEST,
  records: 12_345,
  metadataOnlyRecords: 345,
  files: 12_000,
  payloadBytes: 34_567_890_123,
  bundleBytes: 34_600_000_000,
  volumes: [],
  forReceiver: { missing: 11_000, restore: 1000, conflict: 345 },
  omitted: [
    { path: `indafoto_archive/${HOSTILE}/0/${'hosszú'.repeat(20)}.jpg`, reason: 'missing' },
    { path: 'indafoto_archive/Szűcs Márta/0/image_1.jpg', reason: 'changed', detail: 'it became shorter' },
  ],
  omittedTotal: 1500,
  omittedByReason: { missing: 1499, changed: 1 },
  seconds: 3723.4,
};

const OUTCOMES = {
  added: 11_000,
  present: 12,
  restored: 3,
  conflict: 4,
  banned: 5,
  'metadata-only': 6,
  failed: 2,
};

const VERIFIED: VerifyResult = {
  input: 'trip.indabundle',
  verdict: 'damaged',
  bundleId: DIGEST,
  manifest: MANIFEST,
  records: 12_345,
  files: 11_999,
  payloadBytes: 34_567_890_123,
  bytesRead: 34_600_000_000,
  findings: FINDINGS,
  findingsTotal: 2000,
  strays: ['Thumbs.db', HOSTILE],
  lost: [{ digest: DIGEST }],
  lostTotal: 3,
  request: null,
  wouldApply: OUTCOMES,
  seconds: 0.01,
};

const APPLIED: ApplyResult = {
  input: 'trip.indabundle',
  dryRun: false,
  bundleId: DIGEST,
  manifest: MANIFEST,
  operationId: '9fb48db668f055fc',
  resumed: false,
  series: null,
  removed: false,
  outcomes: OUTCOMES,
  doneBefore: 10,
  largerAvailable: 2,
  columnsFilled: 7,
  linksAdded: 8,
  authorsAdded: 1,
  personalAdded: 0,
  bytesWritten: 123_456_789,
  bytesNeeded: 123_456_789,
  bytesFree: -1,
  backupPath: '/archive/indafoto.db.backup-20260314-101500',
  findings: FINDINGS,
  findingsTotal: 3,
  strays: [],
  failures: [
    { record: `https://indafoto.hu/x/image/1 ${HOSTILE}`, reason: 'not a picture (application/pdf)' },
    {
      record: 'https://indafoto.hu/y/image/2',
      reason: 'left out by the sender: changed (it became shorter)',
    },
  ],
  seconds: 61,
};

const ABOUT = {
  name: 'trip.indabundle',
  db: 'indafoto.db',
  report: 'r.csv',
  onConflict: 'keep-local',
  quiet: false,
} as const;

const REPORTS: readonly (readonly [string, (page: Page) => string[]])[] = [
  ['export', (page) => exportLines(page, EXPORTED, { name: 'út.indabundle', quiet: false })],
  [
    'export --dry-run',
    (page) => exportLines(page, { ...EXPORTED, dryRun: true, path: null }, { name: undefined, quiet: false }),
  ],
  [
    'inspect',
    (page) =>
      inspectLines(
        page,
        { input: 'x', bundleId: DIGEST, bundleBytes: 1, manifest: MANIFEST, end: null, findings: FINDINGS },
        'x',
      ),
  ],
  ['verify', (page) => verifyLines(page, VERIFIED, { name: HOSTILE, db: undefined, quiet: false })],
  ['apply', (page) => applyLines(page, APPLIED, ABOUT)],
  ['apply --dry-run', (page) => applyLines(page, { ...APPLIED, dryRun: true }, ABOUT)],
  [
    'an error',
    (page) =>
      errorLines(
        page,
        new BundleError('not-a-bundle', { params: { path: HOSTILE }, findings: FINDINGS }),
        'indabundle apply x',
      ),
  ],
];

async function page(language: Language, columns: number, isTerminal = true): Promise<Page> {
  return makePage(await loadTexts(language), { columns, isTerminal, colors: false });
}

const CASES = REPORTS.flatMap(([name, lines]) =>
  LANGUAGES.flatMap((language) => [80, 200].map((columns) => ({ name, lines, language, columns }))),
);

describe.each(CASES)('$name in $language at $columns columns', ({ lines, language, columns }) => {
  test('fits, but for words that cannot be broken', async () => {
    for (const line of lines(await page(language, columns))) {
      const longest = Math.max(...line.trim().split(' ').map(widthOf));
      expect(widthOf(line)).toBeLessThanOrEqual(Math.max(columns, longest + 16));
    }
  });

  test('shows no control character, and leaves no variable open', async () => {
    const text = lines(await page(language, columns)).join('\n');
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text).not.toMatch(/\{\{|undefined|NaN/);
  });
});

test('without a terminal nothing is cut short', async () => {
  const [longPath] = EXPORTED.omitted;
  const text = exportLines(await page('en', 80, false), EXPORTED, { name: 'x', quiet: false }).join('\n');
  expect(text).toContain(`${'hosszú'.repeat(20)}.jpg`);
  expect(longPath?.path).toContain('\u001b');
});

test('an omission is told with its reason, in the language of the user', async () => {
  const text = verifyLines(await page('hu', 200), VERIFIED, { name: 'x', db: undefined, quiet: false }).join(
    '\n',
  );
  expect(text).toContain('nem egyezik a lenyomatával: sérült vagy lecserélték');
  expect(text).toContain('a formátumban szereplő név');
});

test('--quiet shows only what went wrong', async () => {
  const onPage = await page('en', 80);
  expect(
    verifyLines(
      onPage,
      { ...VERIFIED, verdict: 'whole', findings: [], findingsTotal: 0 },
      { name: 'x', db: undefined, quiet: true },
    ),
  ).toEqual([]);
  expect(
    exportLines(onPage, { ...EXPORTED, omitted: [], omittedTotal: 0 }, { name: 'x', quiet: true }),
  ).toEqual([]);
  expect(applyLines(onPage, APPLIED, { ...ABOUT, quiet: true }).join('\n')).toContain('not a picture');
});

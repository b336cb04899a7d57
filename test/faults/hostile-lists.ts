import { FRAME, type Hooks, hostileImages, type Json, payloadName } from '../../fixtures/hostile-bundle.ts';
import { ANNA, BELA, changed, damage, type HostileCase, inserted, refuse } from './hostile-case.ts';

const doubled = (name: 'manifest' | 'readme' | 'records'): Hooks => ({
  entries: (frames) => frames.toSpliced(FRAME[name] + 1, 0, frames[FRAME[name]]!),
});

/** Entries, lists and digests that do not say the same. */
export const LIST_CASES: readonly HostileCase[] = [
  refuse('entry-duplicate', 'a photo twice', inserted({ name: payloadName(ANNA), content: ANNA }), [0]),
  refuse(
    'entry-duplicate',
    'a photo twice, under another extension',
    inserted({ name: payloadName(ANNA).replace('.jpg', '.png'), content: ANNA }),
    [0],
  ),
  refuse('entry-duplicate', 'the manifest twice', doubled('manifest')),
  refuse('entry-duplicate', 'the README twice', doubled('readme')),
  refuse('entry-duplicate', 'a shard twice', doubled('records')),
  refuse('entry-unexpected', 'a shard that the manifest does not list', {
    entries: (frames) =>
      frames.toSpliced(FRAME.records + 1, 0, [
        { ...frames[FRAME.records]![0]!, name: 'records/00002.jsonl' },
      ]),
  }),
  refuse('entry-unexpected', 'a shard behind the photos', {
    entries: (frames) => [
      ...frames.slice(0, FRAME.records),
      ...frames.slice(FRAME.firstFile, FRAME.firstFile + 1),
      frames[FRAME.records]!,
      ...frames.slice(FRAME.firstFile + 1),
    ],
  }),
  damage(
    'entry-unexpected',
    'a photo that no record names',
    inserted({
      name: payloadName(hostileImages(1, 'stranger')[0]!.file),
      content: hostileImages(1, 'stranger')[0]!.file,
    }),
    [0, 1, 2],
  ),
  damage(
    'file-missing',
    'a photo that does not come',
    { entries: (frames) => frames.toSpliced(FRAME.firstFile + 1, 1) },
    [0, 2],
  ),
  damage('file-missing', 'a shard that does not come', {
    entries: (frames) => frames.toSpliced(FRAME.records, 1),
  }),
  damage(
    'index-wrong',
    "two photos in each other's place",
    {
      entries: (frames) =>
        frames
          .with(FRAME.firstFile, frames[FRAME.firstFile + 1]!)
          .with(FRAME.firstFile + 1, frames[FRAME.firstFile]!),
    },
    [0, 1, 2],
  ),
  damage(
    'file-digest-mismatch',
    'other bytes under a digest',
    changed({ content: Buffer.from(BELA).fill(7, 300, 310) }),
    [0, 2],
  ),
  damage(
    'file-size-mismatch',
    'fewer bytes than the record says',
    changed({ content: BELA.subarray(0, -1) }),
    [0, 2],
  ),
  damage('shard-digest-mismatch', 'another shard than the manifest says', {
    manifest: (manifest) => ({
      ...manifest,
      records: [{ ...(manifest['records'] as Json[])[0], digest: '0'.repeat(64) }],
    }),
  }),
  damage(
    'manifest-invalid',
    'totals that are not true',
    { manifest: (manifest) => ({ ...manifest, totals: { ...(manifest['totals'] as Json), files: 4 } }) },
    [0, 1, 2],
  ),
  damage('index-wrong', 'an index that leaves a photo out', { index: (lines) => lines.slice(1) }, [0, 1, 2]),
  damage(
    'index-wrong',
    'an index with another offset',
    { index: (lines) => lines.with(0, { ...lines[0], offset: 512 }) },
    [0, 1, 2],
  ),
  damage(
    'index-wrong',
    'an index that omits what is there',
    { index: (lines) => lines.with(0, { omitted: 'missing', digest: lines[0]!['digest'] }) },
    [0, 1, 2],
  ),
  damage(
    'index-wrong',
    'an index line that is no JSON',
    { index: (lines) => [...lines, 'no json'] },
    [0, 1, 2],
  ),
  damage('index-wrong', 'SHA256SUMS of other files', { sums: (text) => text.replace(/^./, '0') }, [0, 1, 2]),
  damage(
    'index-wrong',
    'an end.json of another bundle',
    { end: (end) => ({ ...end, manifest: '0'.repeat(64) }) },
    [0, 1, 2],
  ),
  damage(
    'seek-table-wrong',
    'a seek table of other frames',
    {
      table: (table) => {
        const lie = Buffer.from(table);
        lie.writeUInt32LE(7, 8);
        return lie;
      },
    },
    [0, 1, 2],
  ),
  refuse(
    'seek-table-wrong',
    'a seek table that would be huge',
    {
      table: (table) => {
        const lie = Buffer.from(table);
        lie.writeUInt32LE(0x7fffffff, 4);
        return lie;
      },
    },
    [0, 1, 2],
  ),
];

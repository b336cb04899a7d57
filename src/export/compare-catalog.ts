import { hasAnyFile } from '../archive/any-file.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { wholePhotos } from '../archive/whole-photos.ts';
import { archiveImages, type HeldImage } from '../holdings/archive-images.ts';
import type { Verdict } from '../holdings/holdings.ts';
import { openRemote } from '../holdings/open-remote.ts';
import type { ChooseOptions, Why } from './planned.ts';

const REASON: { readonly [kind in Verdict['kind']]: Why } = {
  missing: 'missing',
  restore: 'restore',
  conflict: 'conflict',
  present: 'both',
  // What is left of ours is nothing that can be sent.
  cut: 'both',
  // Nobody knows that it is the same: the receiver, who has both files, will.
  undecided: 'conflict',
};

/** Compares with what a catalogue says that the other archive has, by image and by content. */
export async function insertMissingFromCatalog(
  archive: Archive,
  catalog: string,
  { observer, maps, signal }: ChooseOptions,
): Promise<void> {
  const { holdings } = await openRemote(catalog, { observer, signal });
  try {
    const total = Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
    observer({ type: 'phase', phase: 'compare', total, unit: 'records' });
    const insert = archive.db.prepare('INSERT INTO temp.candidates VALUES (?, ?)');
    const filesThere = await hasAnyFile(archive, maps);
    const isWhole = wholePhotos(archive, { maps, signal });
    let done = 0;
    for await (const images of archiveImages(archive, filesThere, { maps, signal })) {
      const reasons: Why[] = [];
      for (const image of images) reasons.push(await whyOf(image, holdings.verdict(image), isWhole));
      inTransaction(archive.db, () => images.forEach(({ id }, at) => insert.run(id, reasons[at])));
      done += images.length;
      observer({ type: 'progress', done });
    }
  } finally {
    holdings.close();
  }
}

/** A row without a file of its own has nothing to send that could be in conflict. */
async function whyOf(
  image: HeldImage,
  verdict: Verdict,
  isWhole: ReturnType<typeof wholePhotos>,
): Promise<Why> {
  // Of two sizes of one content ours is the right one, where it is what its row says.
  if (verdict.kind === 'cut' && (await isWhole(image.id, image.digest!))) return 'restore';
  return verdict.kind === 'undecided' && !image.here ? 'both' : REASON[verdict.kind];
}

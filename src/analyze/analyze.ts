import { asBundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { locate } from '../archive/open.ts';
import { openRemote } from '../holdings/open-remote.ts';
import { askAll, notAsked } from './ask-all.ts';
import { requestOutput } from './asking.ts';
import { compare, type CompareOptions } from './comparing.ts';
import { DoubtfulFiles } from './doubtful-files.ts';
import { Offers } from './offers.ts';
import type { AnalyzeOptions, AnalyzeResult, RemoteAnalysis } from './options.ts';
import { checkRemotes, imageKey, type OwnHoldings, readOwn, wantFor } from './remotes.ts';

type Compared = Omit<RemoteAnalysis, 'asked'>;

/**
 * Compares one's own archive with those of others, by image and by content, both ways; makes a list
 * of what is missing or lost here for each of them, and writes the requests to send.
 *
 * @throws BundleError `input-not-found`, `not-a-remote`, `not-a-catalog`, `db-...`, `output-...`, `archive-locked`
 */
export async function analyze(options: AnalyzeOptions): Promise<AnalyzeResult> {
  const started = performance.now();
  checkRemotes(options.remotes);
  const database = locate(options.db);
  const output = requestOutput(options, database);
  const offers = new Offers();
  try {
    const own = await readOwn(options, (want) => offers.failedBefore(want));
    const compared: Compared[] = [];
    try {
      for (const [number, path] of options.remotes.entries())
        compared.push(await compareWith(path, number, own, offers, options));
    } finally {
      own.holdings.close();
    }
    const shares = offers.shareOut(compared.length);
    const asked = options.dryRun
      ? shares.map(notAsked)
      : await askAll(shares, compared, offers, output, options);
    return {
      dryRun: options.dryRun ?? false,
      images: own.holdings.count,
      remotes: compared.map((remote, at) => ({ ...remote, asked: asked[at]! })),
      asked: shares.reduce((sum, share) => sum + share.images, 0),
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  } finally {
    offers.close();
  }
}

async function compareWith(
  path: string,
  number: number,
  own: OwnHoldings,
  offers: Offers,
  options: AnalyzeOptions,
): Promise<Compared> {
  const { observer = silent, signal } = options;
  const remote = await openRemote(path, { observer, signal });
  const { holdings, kind, label } = remote;
  try {
    let nameless = 0;
    const offer = offerTo(offers, number, () => void (nameless += 1));
    const nothing = { observer, signal, banned: new Set<string>(), offer: () => {} };
    const doubtful = new DoubtfulFiles();
    const both: CompareOptions['both'] = (ours, theirs) => doubtful.note(ours, theirs);
    let theyLack = compare(own.holdings, holdings, { ...nothing, both });
    if (await doubtful.settle(own.holdings, holdings, options))
      theyLack = compare(own.holdings, holdings, nothing);
    const weLack = compare(holdings, own.holdings, { observer, signal, banned: own.banned, offer });
    return { remote: remote.path, kind, label, images: holdings.count, weLack, theyLack, nameless };
  } finally {
    holdings.close();
  }
}

/** Notes what one remote can give, under its number. */
function offerTo(offers: Offers, remote: number, onNameless: () => void): CompareOptions['offer'] {
  return (image, { match }) => {
    const want = wantFor(image);
    if (want === null) return onNameless();
    const { size, rank, author } = image;
    const ours = match === null ? imageKey(image) : `row ${match.id}`;
    const fits = match !== null && match.digest === image.digest;
    offers.add({ image: ours, want, size, fits, rank, author, remote });
  };
}

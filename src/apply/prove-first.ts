import { resolve } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { openToRead } from '../archive/open.ts';
import { Forecast } from '../merge/forecast.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { bytesRead, tellCheck } from '../reading/check-progress.ts';
import { ContentPool } from '../reading/content-pool.ts';
import { readEndOfFile } from '../reading/end-of-file.ts';
import { notAcceptable } from '../reading/not-acceptable.ts';
import { openBundle, type OpenedBundle } from '../reading/open-bundle.ts';
import { prove } from '../reading/prove.ts';
import type { ApplyOptions } from './options.ts';

/**
 * `strict`: reads everything once without applying, and lets it go on only when all of it is whole and
 * every record can be applied.
 *
 * @throws BundleError `bundle-not-acceptable`, `not-a-bundle`, `not-all-applicable`, `usage`
 */
export async function proveFirst(options: ApplyOptions): Promise<void> {
  const { input, db, root } = options;
  if (typeof input !== 'string') {
    throw new BundleError('usage', {
      params: {
        problem: '--strict needs a file or a folder: a stream cannot be read twice.',
        command: 'apply',
      },
    });
  }
  const archive = openToRead(db, { root });
  try {
    const { onConflict = 'keep-local', checkLocal = false, includePersonal: personal = false } = options;
    const { metadata = 'fill', allowTypes, signal } = options;
    const plan = { onConflict, checkLocal, personal, fill: metadata === 'fill', allowTypes, signal };
    await readThrough(input, await Forecast.of(archive, plan), options);
  } finally {
    archive.close();
  }
}

async function readThrough(path: string, forecast: Forecast, options: ApplyOptions): Promise<void> {
  const { signal, threads, observer = silent } = options;
  const findings = new FindingList();
  const opened: OpenedBundle = await openBundle(path, findings);
  tellCheck(opened, observer);
  let isKnown = false;
  try {
    const pool = await ContentPool.forBundle(opened, threads);
    const settle = () => pool.flush();
    const walk = new BundleWalk(opened.reader, findings, { proveAll: true, signal, settle });
    try {
      for await (const item of walk.items()) {
        if (item.kind === 'records') for (const record of item.shard) await forecast.add(record);
        if (item.kind === 'payload') await prove(item.payloads, pool, forecast);
        observer({ type: 'progress', done: bytesRead(walk, opened) });
      }
      isKnown =
        walk.manifest !== null || (opened.source !== null && (await readEndOfFile(opened.source)) !== null);
    } finally {
      await pool.close();
    }
  } finally {
    await opened.reader.close();
  }
  if (findings.total > 0) throw notAcceptable(resolve(path), findings.listed, isKnown);
  checkApplicable(path, forecast);
}

function checkApplicable(path: string, forecast: Forecast): void {
  const { refusal } = forecast;
  if (refusal === null) return;
  const count = forecast.counts(() => true).failed;
  throw new BundleError('not-all-applicable', { params: { path, ...refusal, count } });
}

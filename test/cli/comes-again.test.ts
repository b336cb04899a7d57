import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { words } from './demo-archives.ts';

const folder = scratchFolder();
const picture = (siteImageId: number, content: string) => ({ siteImageId, file: uniqueJpeg(content, 9000) });

/** What the second apply of a bundle says first. */
async function secondTime(...receiverHas: ReturnType<typeof picture>[]): Promise<string> {
  const trip = exchange(folder(), { images: [picture(1, 'one')] }, { images: receiverHas });
  await trip.export();
  const command = ['apply', trip.bundle, '--db', trip.receiver.databasePath, '--lang', 'en'];
  await words(command);
  const { out, status } = await words(command);
  expect(status).toBe(0);
  return out.slice(0, out.indexOf('\n\n')).replaceAll(/\s+/g, ' ');
}

test('a bundle that comes again is said to be here whole', async () => {
  expect(await secondTime()).toContain('Everything in');
});

test('a bundle of which conflicts stayed is said to have come before, not to be here whole', async () => {
  const said = await secondTime(picture(1, 'another'));
  expect(said).not.toContain('Everything in');
  expect(said).toContain('was applied to');
});

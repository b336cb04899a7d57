import type { Catalogue } from './en.ts';
import { books } from './hu/books.ts';
import { demo } from './hu/demo.ts';
import { diff } from './hu/diff.ts';
import { exchange } from './hu/exchange.ts';
import { findings } from './hu/findings.ts';
import { help } from './hu/help.ts';
import { problems } from './hu/problems.ts';
import { reports } from './hu/reports.ts';
import { undo } from './hu/undo.ts';
import { volumes } from './hu/volumes.ts';
import { words } from './hu/words.ts';

export { DETAILS as huDetails } from './hu/details.ts';
export { errors as huErrors } from './hu/errors.ts';

/** Minden magyar szöveg; a hibákéi: {@link huErrors}, a könyvtár rövid szövegeié: {@link huDetails}. */
export const hu: Catalogue = {
  ...help,
  ...words,
  ...findings,
  ...problems,
  ...reports,
  ...exchange,
  ...books,
  ...undo,
  ...demo,
  ...volumes,
  ...diff,
};

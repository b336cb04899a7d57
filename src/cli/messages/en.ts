import { books } from './en/books.ts';
import { demo } from './en/demo.ts';
import { diff } from './en/diff.ts';
import { exchange } from './en/exchange.ts';
import { findings } from './en/findings.ts';
import { help } from './en/help.ts';
import { problems } from './en/problems.ts';
import { reports } from './en/reports.ts';
import { undo } from './en/undo.ts';
import { volumes } from './en/volumes.ts';
import { words } from './en/words.ts';

/** Every English text; errors have theirs in `base/error-texts.ts`. */
export const en = {
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
} as const;

type Key = keyof typeof en;

/** What another language must provide: the same keys, plural forms included. */
export type Catalogue = { readonly [key in Key]: string };

type Asked<K> = K extends `${infer Name}_one` ? Name : K extends `${string}_other` ? never : K;

/** What the program asks for: plural forms go under one name. */
export type MessageKey = Asked<Key>;

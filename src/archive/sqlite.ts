import { requirePackage } from '../base/require-package.ts';

/** A connection to a database: `new Sqlite(path, options)`. */
export const Sqlite = requirePackage('better-sqlite3') as typeof import('better-sqlite3');

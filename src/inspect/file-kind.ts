import { statSync } from 'node:fs';
import { firstBytes } from '../base/first-bytes.ts';
import { CatalogReader } from '../catalog-file/catalog-reader.ts';
import { remoteKind } from '../holdings/open-remote.ts';
import { readHead } from '../reading/read-head.ts';
import { REQUEST_NAME } from '../request-file/request-writer.ts';

/** The kinds of file that people send each other, and the database that they come from. */
export type FileKind = 'bundle' | 'catalog' | 'request' | 'database';

/** What a file is, by its beginning; null for anything else, and where it cannot be read. */
export async function fileKind(path: string): Promise<FileKind | null> {
  try {
    if (!statSync(path).isFile()) return null;
    if (isRequest(path)) return 'request';
    if (remoteKind(path) === 'database') return 'database';
    if ((await readHead(path)) !== null) return 'bundle';
    await (await CatalogReader.open(path)).close();
    return 'catalog';
  } catch {
    return null;
  }
}

/** The first line of a request names its format. */
function isRequest(path: string): boolean {
  const text = firstBytes(path, 200).toString();
  return text.startsWith('{') && text.includes(`"${REQUEST_NAME}"`);
}

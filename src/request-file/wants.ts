import type { Digest } from '../base/digest.ts';
import { parseDigest } from '../base/digest.ts';

/** One thing that is asked for: every image with this content, or the image of this address. */
export type Want =
  | { readonly kind: 'hash'; readonly digest: Digest }
  | { readonly kind: 'url'; readonly url: string };

/** How `sync_export_files.export_path` names a want. */
export function exportPath(want: Want): string {
  return want.kind === 'hash' ? `hash_${want.digest}` : `url_${want.url}`;
}

/** What an `export_path` asks for; null for a path that asks for nothing. */
export function wantOf(path: string | null): Want | null {
  if (path?.startsWith('hash_')) {
    const digest = parseDigest(path.slice('hash_'.length));
    return digest === null ? null : { kind: 'hash', digest };
  }
  const url = path?.startsWith('url_') ? path.slice('url_'.length) : '';
  return url === '' ? null : { kind: 'url', url };
}

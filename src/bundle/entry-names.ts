import type { Digest } from '../base/digest.ts';

/** The extensions that a payload entry may bear; everything else travels as `bin`. */
export const PAYLOAD_EXTENSIONS = [
  'jpg',
  'jpeg',
  'png',
  'gif',
  'webp',
  'bmp',
  'tif',
  'tiff',
  'svg',
  'heic',
  'avif',
  'bin',
] as const;

/** What an entry is, told from its name alone (docs/format.md, "Entries"). */
export type EntryKind =
  | 'manifest'
  | 'manifest-signature'
  | 'readme'
  | 'records'
  | 'authors'
  | 'payload'
  | 'index'
  | 'sums'
  | 'end'
  | 'end-signature';

/** The order in which kinds follow each other in a bundle. */
export const ENTRY_ORDER: readonly EntryKind[] = [
  'manifest',
  'manifest-signature',
  'readme',
  'records',
  'authors',
  'payload',
  'index',
  'sums',
  'end-signature',
  'end',
];

const FIXED: Readonly<Record<string, EntryKind>> = {
  'manifest.json': 'manifest',
  'manifest.json.minisig': 'manifest-signature',
  'README.txt': 'readme',
  'index.jsonl': 'index',
  SHA256SUMS: 'sums',
  'end.json': 'end',
  'end.json.minisig': 'end-signature',
};

const DIGEST_START = 'files/xx/'.length;
const DIGEST_LENGTH = 64;

const RECORDS = /^records\/\d{5}\.jsonl$/;
const AUTHORS = /^authors\/\d{5}\.jsonl$/;
const PAYLOAD = new RegExp(`^files/([0-9a-f]{2})/(\\1[0-9a-f]{62})\\.(${PAYLOAD_EXTENSIONS.join('|')})$`);

/** Returns null, not throws, for a name that no writer of ours produces. */
export function entryKind(name: string): EntryKind | null {
  if (Object.hasOwn(FIXED, name)) return FIXED[name] ?? null;
  if (RECORDS.test(name)) return 'records';
  if (AUTHORS.test(name)) return 'authors';
  return PAYLOAD.test(name) ? 'payload' : null;
}

/** The digest that a payload entry's name states, or null for any other name. */
export function payloadDigest(name: string): Digest | null {
  return PAYLOAD.exec(name)?.[2] ?? null;
}

/** The same for what is known to be the name of a payload entry. */
export function digestInName(name: string): Digest {
  return name.slice(DIGEST_START, DIGEST_START + DIGEST_LENGTH);
}

/** `files/<2 hex>/<digest>.<ext>`, the extension taken from the original base name. */
export function payloadName(digest: Digest, baseName: string): string {
  return `files/${digest.slice(0, 2)}/${digest}.${payloadExtension(baseName)}`;
}

export function payloadExtension(baseName: string): string {
  const extension = /\.([A-Za-z0-9]{1,5})$/.exec(baseName)?.[1]?.toLowerCase() ?? '';
  return (PAYLOAD_EXTENSIONS as readonly string[]).includes(extension) ? extension : 'bin';
}

/** `records/00001.jsonl`, counted from 1. */
export function shardName(kind: 'records' | 'authors', number: number): string {
  return `${kind}/${String(number).padStart(5, '0')}.jsonl`;
}

const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** True when a refused name could have done harm on some system, so that the finding can say so. */
export function isUnsafeName(name: string): boolean {
  if (name === '' || name.length > 100 || name.startsWith('/')) return true;
  if (/[\\:<>"|?*\x00-\x1f\x7f-\uffff]/.test(name)) return true;
  return name.split('/').some((part) => part === '' || /[. ]$/.test(part) || DEVICE.test(part));
}

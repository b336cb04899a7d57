import { randomInt } from 'node:crypto';
import type { Digest } from '../base/digest.ts';

/**
 * `https://img7.indafoto.hu/5/7/24927_<32 hex>/1581205_<32 hex>_l.jpg`: the number in the last part
 * is the site's own id of the image, whatever the server and the size.
 */
const FILE_URL =
  /^https?:\/\/(?:[^/]*\.)?indafoto\.hu\/.*\/(\d{1,15})_[0-9a-f]{32}(?:_([a-z]{1,4}))?\.\w{2,5}(?:[?#].*)?$/i;

/** `https://indafoto.hu/<slug>/image/27344784-e761530c`, with anything behind it. */
const PAGE_URL = /^https?:\/\/(?:[^/]*\.)?indafoto\.hu\/[^/]+\/image\/(\d{1,15})(?=[-/?#]|$)/i;

/** What tells which image a row or a record is about. */
export interface Identity {
  readonly url: string | null;
  readonly pageUrl: string | null;
}

/** The site's id of the image as decimal digits; null when neither address holds one. */
export function siteImageId(identity: Identity): string | null {
  return idIn(FILE_URL, identity.url) ?? idIn(PAGE_URL, identity.pageUrl);
}

function idIn(pattern: RegExp, text: string | null): string | null {
  const digits = text === null ? undefined : pattern.exec(text)?.[1];
  return digits === undefined ? null : digits.replace(/^0+(?=\d)/, '');
}

const SIZES: Readonly<Record<string, number>> = { l: 1, xl: 2, xxl: 3 };

/** How large the site says the picture of this address is: 3 for `_xxl`, 2 for `_xl`, 1 for `_l`, else 0. */
export function siteSize(url: string | null): number {
  const suffix = url === null ? undefined : FILE_URL.exec(url)?.[2];
  return SIZES[suffix?.toLowerCase() ?? ''] ?? 0;
}

/**
 * One way to find an image: by site id, by address, by page, by content, by the file it lies in, or
 * by the last part of that file's path. `bare` is the content of an image without any address.
 */
export type KeyKind = 'site' | 'url' | 'page' | 'digest' | 'bare' | 'file' | 'name';

export interface ImageKey {
  readonly kind: KeyKind;
  readonly value: string;
  /** See {@link keyNumber}. */
  readonly number: number;
}

/** All keys under which an image can be looked for, the strongest first: that one says which image it is. */
export function identityKeys(identity: Identity, digest: Digest | null): ImageKey[] {
  const { url, pageUrl } = identity;
  const keys: ImageKey[] = [];
  const add = (kind: KeyKind, value: string | null) => {
    if (value) keys.push({ kind, value, number: keyNumber(kind, value) });
  };
  add('site', siteImageId(identity));
  add('url', url);
  add('page', pageUrl);
  add(url || pageUrl ? 'bare' : 'digest', digest);
  return keys;
}

/** Whatever two records must share to be one image: their addresses in every form, given as {@link identityKeys}, and their content. */
export function sharedNumbers(keys: readonly ImageKey[], digest: Digest | null): number[] {
  const numbers = keys.flatMap(({ kind, number }) => (kind === 'bare' || kind === 'digest' ? [] : number));
  if (digest !== null) numbers.push(keyNumber('digest', digest));
  return numbers;
}

/** Differs from run to run, so that nobody can prepare texts whose numbers collide. */
const SEED = randomInt(2 ** 31);

/**
 * A 53-bit number for a key, so that an index of millions of keys stays small. Two keys may share
 * a number: what is found by it is compared with the row itself.
 */
export function keyNumber(kind: KeyKind, value: string): number {
  let high = 0xdeadbeef ^ SEED ^ kind.charCodeAt(0);
  let low = 0x41c6ce57 ^ SEED ^ kind.charCodeAt(1);
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

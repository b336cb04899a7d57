import { hash } from 'node:crypto';

/** A SHA-256 as 64 lower-case hex digits. */
export type Digest = string;

/** The SHA-256 of no bytes at all. */
export const EMPTY_DIGEST: Digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const DIGEST = /^[0-9a-f]{64}$/;

/** SHA-256 of bytes, or of the UTF-8 form of a text. */
export function digestOf(content: Uint8Array | string): Digest {
  return hash('sha256', content);
}

/** True for exactly 64 lower-case hex digits. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && DIGEST.test(text);
}

/**
 * The digest that a database column means: real archives hold upper case beside lower case.
 * Returns null, not throws, when the text is no SHA-256 at all.
 */
export function parseDigest(text: unknown): Digest | null {
  if (typeof text !== 'string') return null;
  const digest = text.trim().toLowerCase();
  return isDigest(digest) ? digest : null;
}

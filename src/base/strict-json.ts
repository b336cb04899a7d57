import { isUtf8 } from 'node:buffer';
import { MAX_JSON_DEPTH } from './limits.ts';

/** Why a piece of JSON was refused; `offset` is in UTF-16 units from its start. */
export class JsonRefused extends Error {
  readonly offset: number;
  constructor(reason: string, offset: number) {
    super(reason);
    this.name = 'JsonRefused';
    this.offset = offset;
  }
}

const BACKSLASH = 0x5c;
const MAX_SHOWN_KEY = 64;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const SHORTEST_FORBIDDEN = '__proto__'.length;

/** True for a key that reaches an object's prototype. */
export const isForbiddenKey = (key: string) => FORBIDDEN_KEYS.has(key);

/**
 * Parses JSON that comes from strangers. Beyond the grammar it refuses what two readers could
 * understand differently, or what does harm further in: bytes that are no UTF-8, a byte order
 * mark, lone surrogates, NUL characters, keys that occur twice or reach an object's prototype,
 * integers beyond 2^53, and nesting deeper than {@link MAX_JSON_DEPTH}.
 *
 * @throws JsonRefused
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new JsonRefused('not valid UTF-8', 0);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const value = parseHarmless(text, bytes.includes(BACKSLASH));
  if (value !== undefined) return value;
  refuseBadText(text);
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new JsonRefused((error as Error).message, 0);
  }
}

/** What only a closer look can tell from harmless text: NUL and surrogates in escapes. */
const SUSPECT = /\\u(?:0000|[dD])/;

/** Where a blank may stand before a colon, keys cannot be counted by their ends. */
const BLANK_AFTER_QUOTE = /"[ \t\n\r]/;

/**
 * The value of text that has no key twice, no odd escape and no number that was rounded, else
 * undefined: five times as fast as {@link checkStructure}, which has the last word.
 */
function parseHarmless(text: string, hasEscapes: boolean): unknown {
  if (hasEscapes && SUSPECT.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const keys = countKeys(value, 0);
    if (Number.isNaN(keys)) return undefined;
    // Without escapes each quote ends or begins a text, so that no key can hide from this count.
    const isPlain = !hasEscapes && !BLANK_AFTER_QUOTE.test(text);
    return (isPlain ? countKeyEnds(text) === keys : JSON.stringify(value) === text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How many keys the objects of a value have; NaN for a number beyond 2^53, a forbidden key, or nested too deeply. `depth` is the number of arrays and objects around it. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value === 'number') return isExact(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_JSON_DEPTH) return Number.NaN;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item, depth + 1);
  } else {
    for (const key in value) {
      if (key.length >= SHORTEST_FORBIDDEN && FORBIDDEN_KEYS.has(key)) return Number.NaN;
      keys += 1 + countKeys((value as Record<string, unknown>)[key], depth + 1);
    }
  }
  return keys;
}

function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

/** Each key ends in a quote and a colon; a text that begins with a colon counts, too, which only costs time. */
function countKeyEnds(text: string): number {
  let ends = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) ends += 1;
  return ends;
}

function refuseBadText(text: string): void {
  if (text.charCodeAt(0) === 0xfeff) throw new JsonRefused('byte order mark', 0);
  const nul = text.indexOf('\0');
  if (nul >= 0) throw new JsonRefused('NUL character', nul);
}

const QUOTE = 0x22;

/** One walk over the text: depth, repeated keys, escapes and numbers, none of which JSON.parse minds. */
function checkStructure(text: string): void {
  const keys: (Set<string> | null)[] = [];
  let position = 0;
  while (position < text.length) {
    const code = text.charCodeAt(position);
    if (code === QUOTE) {
      position = checkString(text, position, keys.at(-1) ?? null);
    } else if (code === 0x7b || code === 0x5b) {
      if (keys.length >= MAX_JSON_DEPTH) throw new JsonRefused('nested too deeply', position);
      keys.push(code === 0x7b ? new Set() : null);
      position += 1;
    } else if (code === 0x7d || code === 0x5d) {
      keys.pop();
      position += 1;
    } else if (isNumberStart(code)) {
      position = checkNumber(text, position);
    } else {
      position += 1;
    }
  }
}

function isNumberStart(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

/** Returns the position behind the string's closing quote. */
function checkString(text: string, start: number, keys: Set<string> | null): number {
  const end = closingQuote(text, start);
  const escaped = text.slice(start, end).includes('\\');
  if (escaped) refuseEscapes(text.slice(start, end), start);
  if (keys && isKey(text, end)) {
    const key = escaped ? String(JSON.parse(text.slice(start, end))) : text.slice(start + 1, end - 1);
    if (keys.has(key)) throw new JsonRefused(`key "${shortened(key)}" occurs twice`, start);
    if (FORBIDDEN_KEYS.has(key)) throw new JsonRefused(`key "${key}" is not allowed`, start);
    keys.add(key);
  }
  return end;
}

/** A text before a colon is a key, whatever blanks stand between them. */
function isKey(text: string, end: number): boolean {
  const colon = /[ \t\n\r]*:/y;
  colon.lastIndex = end;
  return colon.test(text);
}

/** A key may be as long as its document; a reason is kept and printed. */
function shortened(key: string): string {
  return key.length > MAX_SHOWN_KEY ? `${key.slice(0, MAX_SHOWN_KEY)}...` : key;
}

function closingQuote(text: string, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new JsonRefused('text without an end', start);
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function refuseEscapes(quoted: string, start: number): void {
  let value: string;
  try {
    value = JSON.parse(quoted) as string;
  } catch {
    throw new JsonRefused('bad escape', start);
  }
  if (value.includes('\0')) throw new JsonRefused('NUL character', start);
  if (!value.isWellFormed()) throw new JsonRefused('lone surrogate', start);
}

function checkNumber(text: string, start: number): number {
  const match = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
  match.lastIndex = start;
  const literal = match.exec(text)?.[0];
  if (literal === undefined) throw new JsonRefused('bad number', start);
  const value = Number(literal);
  if (!Number.isFinite(value)) throw new JsonRefused('number out of range', start);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new JsonRefused('integer beyond 2^53', start);
  }
  return start + literal.length;
}

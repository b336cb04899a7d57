import { digestOf } from '../base/digest.ts';

/** File systems hold 255 bytes; the rest is for the digits that make a name free. */
const MAX_NAME_BYTES = 240;

const CRAWLER_REPLACES = /[<>:"/\\|?*]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?= *(?:\.|$))/i;

/**
 * The folder for an author: the crawler's own rule (each of `< > : " / \ | ? *` becomes `_`), made
 * safe for every system and for the explorer, which serves no path with `..` and decodes `%XX`.
 */
export function authorFolder(author: string | null): string {
  return safeName(author ?? '');
}

/** What the crawler calls its files, and nothing in it needs a closer look. */
const PLAIN = /^[a-z0-9_-]{1,100}\.[a-z0-9]{1,5}$/i;

/** A file or folder name that is harmless everywhere; the same for the same text, always. */
export function safeName(text: string): string {
  const name = text
    .replace(CRAWLER_REPLACES, '_')
    .replace(CONTROL, '_')
    .replace(/%(?=[0-9a-fA-F]{2})/g, '_')
    .replaceAll('..', '__')
    .replace(/^\.$/, '_')
    .replace(/[. ]$/, '_')
    .replace(DEVICE, '$1_');
  return shortened(name === '' ? '_' : name);
}

/** True when a name may be used as it is. */
export function isSafeName(name: string): boolean {
  if (PLAIN.test(name) && !DEVICE.test(name)) return true;
  return name !== '' && safeName(name) === name;
}

/** `picture.jpg` with digits of a digest before the extension: `picture-1a2b3c4d.jpg`. */
export function withDigits(name: string, digits: string): string {
  const dot = name.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  return `${cut(stem, MAX_NAME_BYTES - extension.length - digits.length - 1)}-${digits}${extension}`;
}

function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const extension = /\.[A-Za-z0-9]{1,5}$/.exec(name)?.[0] ?? '';
  const mark = `~${digestOf(name).slice(0, 8)}${extension}`;
  return cut(name, MAX_NAME_BYTES - mark.length) + mark;
}

/** At most `bytes` bytes of UTF-8, cut between characters. */
function cut(text: string, bytes: number): string {
  let length = 0;
  let end = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

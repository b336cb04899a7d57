/** Bytes from the start of a file that tell its type. */
export const SNIFF_BYTES = 4100;

/** What a browser shows as a picture and runs no code from; extension by media type. */
const PICTURES: Readonly<Record<string, readonly string[]>> = {
  'image/jpeg': ['jpg', 'jpeg'],
  'image/png': ['png'],
  'image/apng': ['png'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/bmp': ['bmp'],
  'image/tiff': ['tif', 'tiff'],
  'image/heic': ['heic'],
  'image/avif': ['avif'],
};

/** Whether a file may land, and the extension to put in place of one that does not fit its bytes. */
export type MediaVerdict =
  | { readonly allowed: true; readonly extension: string | null }
  | { readonly allowed: false; readonly type: string };

/** Judges a file by its first bytes, never by its name. `allowTypes` holds media types, or `any`. */
export async function judgeMedia(
  head: Buffer,
  name: string,
  allowTypes: readonly string[],
): Promise<MediaVerdict> {
  const type = isJpeg(head) ? 'image/jpeg' : await detectedType(head);
  const extensions = PICTURES[type];
  if (extensions !== undefined)
    return { allowed: true, extension: extensions.includes(extensionOf(name)) ? null : extensions[0]! };
  const allowed = allowTypes.some((wanted) => wanted === 'any' || wanted === type);
  return allowed ? { allowed: true, extension: null } : { allowed: false, type };
}

/** True for what nearly every file is: a JPEG by its bytes and its name, about which there is nothing to judge. */
export function isJpegAs(head: Buffer, name: string): boolean {
  return isJpeg(head) && PICTURES['image/jpeg']!.includes(extensionOf(name));
}

function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,5})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** Why such a file is refused. */
export function notAPicture({ type }: { readonly type: string }): string {
  return `not a picture (${type})`;
}

/** The detector is loaded only here: it has sixty modules, and archives of JPEG files never come to it. */
async function detectedType(head: Buffer): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type');
  return (await fileTypeFromBuffer(head).catch(() => undefined))?.mime ?? 'unknown';
}

/** Three bytes tell. */
function isJpeg(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff;
}

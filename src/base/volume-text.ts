const MEDIA: { readonly [name: string]: number } = {
  // FAT32 holds files of at most 4 GiB less one byte.
  fat32: 4 * 1024 ** 3 - 1,
  // 80 minutes are 360,000 sectors of 2,048 bytes; 700 MiB leave room for the file system.
  cd: 700 * 1024 ** 2,
  // The smaller of the two kinds has 2,295,104 sectors, less 10 MB for the file system.
  dvd: 4_690_000_000,
};

const UNITS: { readonly [unit: string]: number } = {
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  t: 1000 ** 4,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
};

/** A bundle's own documents alone take more than a few kilobytes. */
const SMALLEST = 64 * 1000;

/**
 * `fat32`, `cd`, `dvd`, or a number with K, M, G or T (thousands, as disks are sold) or KiB, MiB,
 * GiB or TiB. Returns null, not throws, for anything else and for what no bundle fits.
 */
export function parseVolumeSize(text: string): number | null {
  const name = text.toLowerCase();
  if (Object.hasOwn(MEDIA, name)) return MEDIA[name]!;
  const [, digits, unit = ''] = /^(\d{1,9}(?:[.,]\d{1,3})?) ?([kmgt]i?)b?$/i.exec(text) ?? [];
  if (digits === undefined) return null;
  const bytes = Math.floor(Number(digits.replace(',', '.')) * UNITS[unit.toLowerCase()]!);
  return bytes >= SMALLEST && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A size that {@link parseVolumeSize} understands, of at least so many bytes: `4821K`, `731M`. */
export function volumeSizeText(bytes: number): string {
  return bytes < 100_000_000 ? `${Math.ceil(bytes / 1000)}K` : `${Math.ceil(bytes / 1_000_000)}M`;
}

export const MOST_VOLUMES = 99_999;

/** `3`, `3-5`, `1,4-6`: the numbers in order, each once. Returns null for anything else. */
export function parseVolumeNumbers(text: string): number[] | null {
  const numbers = new Set<number>();
  for (const range of text.split(',')) {
    const [, first, last = first] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(range) ?? [];
    if (
      first === undefined ||
      Number(first) < 1 ||
      Number(last) < Number(first) ||
      Number(last) > MOST_VOLUMES
    )
      return null;
    for (let number = Number(first); number <= Number(last); number += 1) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

/** `3-5, 7`: numbers in order as people write them. */
export function volumeNumbersText(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(', ');
}

/** What is cut into volumes bears this, and the volumes bear it, too. */
export const BUNDLE_EXTENSION = '.indabundle';

/** `trip.v01-of-12.indabundle`; the only volume has no number: it is no series. */
export function volumeName(stem: string, number: number, count: number): string {
  if (count === 1) return stem + BUNDLE_EXTENSION;
  const digits = Math.max(2, String(count).length);
  return `${stem}.v${String(number).padStart(digits, '0')}-of-${String(count).padStart(digits, '0')}${BUNDLE_EXTENSION}`;
}

/** True for every name that {@link volumeName} gives for this stem. */
export function isVolumeName(name: string, stem: string): boolean {
  if (!name.startsWith(stem)) return false;
  return /^(\.v\d{2,5}-of-\d{2,5})?\.indabundle$/.test(name.slice(stem.length));
}

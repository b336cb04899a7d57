import type { ImageRecord } from './types.ts';

/** What a person may know a record by; '?' for one that could not be read. */
export function recordName(record: ImageRecord | null): string {
  if (record === null) return '?';
  return record.image.title || record.image.url || record.file?.name || record.image.page_url || '?';
}

/** Records, and the bytes of their lines. */
export interface Load {
  readonly records: number;
  readonly lineBytes: number;
}

/** Records that are decided together may hold this many bytes of files. */
export const WINDOW_BYTES = 64 * 1024 * 1024;
export const WINDOW: Load = { records: 1000, lineBytes: 8 * 1024 * 1024 };

/** Records of one short transaction where no file is written. */
export const BATCH: Load = { records: 256, lineBytes: 8 * 1024 * 1024 };

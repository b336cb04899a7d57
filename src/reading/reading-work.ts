const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The module of what the threads of a reader do. */
export const READING_WORK = new URL(`../reading/thread-work.${extension}`, import.meta.url);

import { workModule } from '../base/threads.ts';

/** The module of what the threads of a reader do. */
export const READING_WORK = workModule('thread-work', import.meta.url);

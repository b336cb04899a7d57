import type { Finding } from './findings.ts';

/** What is being done now; each has a name in every language. */
export type Phase =
  | 'compare'
  | 'plan'
  | 'pack'
  | 'sync'
  | 'read'
  | 'check'
  | 'backup'
  | 'decide'
  | 'apply'
  | 'revert'
  | 'remove'
  | 'finish';

/** Facts worth a line to the user that are no failures; each has a text in every language. */
export type NoticeCode =
  | 'columns-left-behind'
  | 'archive-write-protected'
  | 'database-copied'
  | 'keys-made'
  | 'wal-files-left'
  | 'backup-made'
  | 'nothing-selected'
  | 'list-rows-unclear'
  | 'never-downloaded'
  | 'stray-file'
  | 'waiting-for-lock'
  | 'resuming'
  | 'already-applied'
  | 'authors-refused'
  | 'text-repaired'
  | 'archive-without-keys'
  | 'values-left-out'
  | 'level-slow'
  | 'no-links'
  | 'larger-available'
  | 'plan-kept'
  | 'bundle-not-removed'
  | 'bundle-damaged'
  | 'bundle-kept'
  | 'checked-in-memory'
  | 'photo-folder-missing'
  | 'own-photos-missing'
  | 'own-photos-believed'
  | 'personal-left-behind';

export type Event =
  | {
      readonly type: 'phase';
      readonly phase: Phase;
      readonly total?: number;
      readonly unit?: 'bytes' | 'records';
    }
  | { readonly type: 'progress'; readonly done: number; readonly item?: string }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'omitted'; readonly path: string; readonly reason: string; readonly detail?: string }
  | {
      readonly type: 'notice';
      readonly notice: NoticeCode;
      readonly params: Readonly<Record<string, string | number>>;
    };

/** Receives what happens, in order. The library itself prints nothing. */
export type Observer = (event: Event) => void;

export const silent: Observer = () => {};

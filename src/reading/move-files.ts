import { type Move, type Moved, moveByLink } from '../base/put-in-place.ts';

/** Files to be moved by a thread. */
export interface MoveBatch {
  readonly moves: readonly Move[];
}

/** What became of a move, or the system's error where it failed. */
export type MoveAnswer = Moved | { readonly code: string; readonly message: string };

export function moveFiles({ moves }: MoveBatch): MoveAnswer[] {
  return moves.map((move) => {
    try {
      return moveByLink(move);
    } catch (error) {
      const { code = 'EIO', message } = error as NodeJS.ErrnoException;
      return { code, message };
    }
  });
}

import type { Observer } from '../base/events.ts';

export interface AnalyzeOptions {
  /** The asker's `indafoto.db`. */
  readonly db: string;
  readonly root?: string;
  /** Databases (or their folders) and catalogues of the others, up to {@link MOST_REMOTES}. */
  readonly remotes: readonly string[];
  /**
   * Where the requests go: a file for one remote, a folder for several (made where it is missing).
   * Left out, only the lists are made.
   */
  readonly output?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`; now if not given. */
  readonly created?: string;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface RetryOptions extends AnalyzeOptions {
  /** The list whose failed rows are asked of others. */
  readonly listId: string;
}

/** Remotes of one analysis. */
export const MOST_REMOTES = 30;

export interface AuthorGap {
  /** Null where no author is known. */
  readonly author: string | null;
  readonly images: number;
  /** Of the files whose size is known. */
  readonly bytes: number;
}

/** Images that one archive could have from another. */
export interface Gap {
  readonly images: number;
  /** Of the files whose size is known. */
  readonly bytes: number;
  readonly sizesUnknown: number;
  /** The authors with the most images, at most 50. */
  readonly byAuthor: readonly AuthorGap[];
}

/** What the images of one archive would be to another. */
export interface Comparison {
  /** Images that the other does not know. */
  readonly missing: Gap;
  /** Images that the other knows, and whose file it lost. */
  readonly restore: Gap;
  readonly present: number;
  /** Both have the image, with different bytes. */
  readonly conflict: number;
  /** Both have a file of the image, and one does not know its digest. */
  readonly undecided: number;
  /** Images by authors who are banned there (only known of one's own archive). */
  readonly banned: number;
  /** Images without a usable file: nobody can have them from here. */
  readonly withoutFile: number;
}

/** What is asked of one remote. */
export interface Asked {
  readonly images: number;
  /** Of the files whose size is known, each content once. */
  readonly bytes: number;
  readonly sizesUnknown: number;
  /** Null in a dry run, and where nothing is asked for. */
  readonly listId: string | null;
  readonly requestPath: string | null;
  readonly requestBytes: number;
}

export interface RemoteAnalysis {
  readonly remote: string;
  readonly kind: 'database' | 'catalog';
  /** What its owner calls it, where a catalogue says so. */
  readonly label: string | null;
  readonly images: number;
  readonly weLack: Comparison;
  readonly theyLack: Comparison;
  /** Of what we lack, images that nothing names, neither digest nor address: they cannot be asked for. */
  readonly nameless: number;
  readonly asked: Asked;
}

export interface AnalyzeResult {
  readonly dryRun: boolean;
  /** Images of one's own archive. */
  readonly images: number;
  readonly remotes: readonly RemoteAnalysis[];
  /** Images asked for in all, each once. */
  readonly asked: number;
  readonly seconds: number;
}

export interface RetryResult {
  readonly dryRun: boolean;
  readonly listId: string;
  /** Rows of the list that had failed. */
  readonly failed: number;
  /** Of these, images that are here by now: their rows are completed. */
  readonly hereMeanwhile: number;
  /** Nobody of those asked has them: their rows stay as they are. */
  readonly notFound: number;
  readonly remotes: readonly {
    readonly remote: string;
    readonly kind: 'database' | 'catalog';
    readonly label: string | null;
    readonly asked: Asked;
  }[];
  readonly seconds: number;
}

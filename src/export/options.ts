import type { Writable } from 'node:stream';
import type { Observer } from '../base/events.ts';
import type { OmissionReason } from '../manifest/types.ts';

/** What to pack. Within one filter any value fits, across filters all must. */
export interface Filters {
  readonly author?: readonly string[];
  readonly album?: readonly string[];
  readonly collection?: readonly string[];
  readonly tag?: readonly string[];
  readonly license?: readonly string[];
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, inclusive; compared with the day taken, else the day uploaded. */
  readonly since?: string;
  readonly until?: string;
}

export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'filters'; readonly filters: Filters }
  /** What another archive lacks: the path of its database or of its catalogue. */
  | { readonly kind: 'for'; readonly database: string; readonly root?: string }
  /** What a `.indarequest` file asks for. */
  | { readonly kind: 'request'; readonly file: string }
  /** What a list asks for and has not got: of this database, or of the asker's where `database` names it. */
  | { readonly kind: 'list'; readonly listId: string; readonly database?: string };

export interface ExportOptions {
  /** The sender's `indafoto.db`. */
  readonly db: string;
  /** The folder that relative `local_path`s start from; the database's folder if not given. */
  readonly root?: string;
  readonly selection: Selection;
  /** A file to write, or a stream; with `volumeSize` a folder. Not needed for a dry run. */
  readonly output?: string | Writable;
  /** Bytes that no volume of a series exceeds; without it there is one bundle. */
  readonly volumeSize?: number;
  /** Which volumes to make now; all that were never made if not given. */
  readonly volumes?: readonly number[];
  /** Read back what was written, past the system's cache where that is possible, and compare. */
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly metadataUpdates?: boolean;
  readonly includePersonal?: boolean;
  readonly rehash?: boolean;
  /** Prefixes of absolute `local_path`s and what stands there now. */
  readonly maps?: readonly { readonly from: string; readonly to: string }[];
  /** zstd level for what compresses, -7 to 19. */
  readonly level?: number;
  readonly label?: string;
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`; now if not given. */
  readonly created?: string;
  readonly exportId?: string;
  /** Worker threads; 1 does everything in line. */
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** A file that was left out, and why. */
export interface OmittedFile {
  /** `local_path` as the sender's database has it. */
  readonly path: string;
  readonly reason: OmissionReason;
  readonly detail?: string;
}

/** One volume of a series. */
export interface ExportedVolume {
  readonly number: number;
  /** Name in the folder. */
  readonly name: string;
  /** `made` in this run; `there` from an earlier one; `gone`: made earlier and carried away; `planned`: not made yet. */
  readonly state: 'made' | 'there' | 'gone' | 'planned';
  /** SHA-256 of the manifest; '' where it is planned. */
  readonly bundleId: string;
  /** Bytes; where it is planned what it would be at most. */
  readonly bundleBytes: number;
  readonly records: number;
  readonly files: number;
  readonly payloadBytes: number;
}

/** What was exported; of a series the sum of the volumes that this run was about. */
export interface ExportResult {
  readonly dryRun: boolean;
  /** Where the bundle is (of a series the folder), or null when it went into a stream or was not written. */
  readonly path: string | null;
  readonly exportId: string;
  /** SHA-256 of the manifest; '' in a dry run and for a series. */
  readonly bundleId: string;
  readonly records: number;
  readonly metadataOnlyRecords: number;
  /** Payload files packed (each content once). */
  readonly files: number;
  /** Bytes of photo files. */
  readonly payloadBytes: number;
  /** Bytes of the bundle; in a dry run what it would be at most. */
  readonly bundleBytes: number;
  /** All volumes of a series, also those that this run was not about; empty for a single bundle. */
  readonly volumes: readonly ExportedVolume[];
  /** With `check`: whether the bytes came from the disk itself, or perhaps from the system's memory. */
  readonly checked?: 'disk' | 'memory';
  /** Why the records were chosen, where `--for` knows: the images that the other lacks, would repair, or has otherwise. */
  readonly forReceiver?: { readonly missing: number; readonly restore: number; readonly conflict: number };
  /** Up to 1,000 of them; `omittedTotal` counts all. */
  readonly omitted: readonly OmittedFile[];
  readonly omittedTotal: number;
  readonly omittedByReason: Readonly<Partial<Record<OmissionReason, number>>>;
  readonly seconds: number;
}

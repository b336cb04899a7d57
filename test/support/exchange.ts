import { join } from 'node:path';
import { type ArchiveSpec, buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { type ArchiveSnapshot, readArchive } from '../../fixtures/archive-reader.ts';
import { compareReceiver, type Permission } from '../../fixtures/receiver-comparison.ts';
import { applyBundle, type ApplyOptions, type ApplyResult } from '../../src/index.ts';
import { exportBundle, type ExportOptions, type ExportResult } from '../../src/index.ts';

/** An archive to be built; the layout is today's unless it says otherwise. */
export type PlainSpec = Omit<ArchiveSpec, 'schema'> & Partial<Pick<ArchiveSpec, 'schema'>>;

/** Two archives and the bundle between them. */
export interface Exchange {
  readonly sender: BuiltArchive;
  readonly receiver: BuiltArchive;
  readonly bundle: string;
  /** The receiver's archive before anything was applied. */
  readonly before: ArchiveSnapshot;
  export(options?: Partial<ExportOptions>): Promise<ExportResult>;
  apply(options?: Partial<ApplyOptions>): Promise<ApplyResult>;
  /** Exports everything and applies it. */
  carry(options?: Partial<ApplyOptions>): Promise<ApplyResult>;
  after(): ArchiveSnapshot;
  /** What applying did to the receiver that it must not; see `compareReceiver`. */
  violations(permission?: Permission): string[];
}

/** Builds `sender/` and `receiver/` in a folder. */
export function exchange(folder: string, senderSpec: PlainSpec, receiverSpec: PlainSpec): Exchange {
  const sender = buildArchive(join(folder, 'sender'), { schema: 'today', ...senderSpec });
  const receiver = buildArchive(join(folder, 'receiver'), { schema: 'today', ...receiverSpec });
  const bundle = join(folder, 'trip.indabundle');
  const before = readArchive(receiver.dir);
  const after = () => readArchive(receiver.dir);
  const pack: Exchange['export'] = (options = {}) => exportAll(sender, bundle, options);
  const apply: Exchange['apply'] = (options = {}) => applyTo(receiver, bundle, options);
  const carry: Exchange['carry'] = async (options = {}) => {
    await pack();
    return await apply(options);
  };
  const violations: Exchange['violations'] = (permission = {}) =>
    compareReceiver(before, after(), permission);
  return { sender, receiver, bundle, before, export: pack, apply, carry, after, violations };
}

/** Exports an archive, all of it unless `options` choose otherwise. */
export function exportAll(
  archive: BuiltArchive,
  output: string,
  options: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  return exportBundle({ db: archive.databasePath, selection: { kind: 'all' }, output, ...options });
}

export function applyTo(
  archive: BuiltArchive,
  input: string,
  options: Partial<ApplyOptions> = {},
): Promise<ApplyResult> {
  return applyBundle({ input, db: archive.databasePath, backup: false, ...options });
}

/** The outcomes that occurred, with their numbers. */
export function outcomesOf(result: ApplyResult): Record<string, number> {
  return Object.fromEntries(Object.entries(result.outcomes).filter(([, count]) => count > 0));
}

/**
 * indabundle as a library: what the command line does, typed, silent and cancellable.
 *
 * Every function rejects with {@link BundleError} when it cannot go on; defects of a bundle come
 * back as {@link Finding} data in the result.
 */
export { BundleError, EXIT, type ErrorCode, type ErrorParams, type ExitStatus } from './base/errors.ts';
export type { Event, NoticeCode, Observer, Phase } from './base/events.ts';
export type { Finding, FindingCode, Gravity, Place } from './base/findings.ts';
export { analyze } from './analyze/analyze.ts';
export { analyzeList, type ListOptions, type ListStatistics } from './analyze/analyze-list.ts';
export { MOST_REMOTES } from './analyze/options.ts';
export type {
  AnalyzeOptions,
  AnalyzeResult,
  Asked,
  AuthorGap,
  Comparison,
  Gap,
  RemoteAnalysis,
  RetryOptions,
  RetryResult,
} from './analyze/options.ts';
export { retry } from './analyze/retry.ts';
export type { CatalogOptions, CatalogResult } from './catalog/options.ts';
export { writeCatalog } from './catalog/write-catalog.ts';
export { applyBundle } from './apply/apply-bundle.ts';
export type {
  ApplyOptions,
  ApplyResult,
  ConflictPolicy,
  Outcome,
  OutcomeTally,
  SeriesState,
} from './apply/options.ts';
export { backupArchive } from './backup/backup-archive.ts';
export type { BackupOptions, BackupResult } from './backup/options.ts';
export { cleanup } from './cleanup/cleanup.ts';
export type { CleanupOptions, CleanupResult, Litter, LitterKind } from './cleanup/options.ts';
export { Diff, diff } from './diff/diff.ts';
export type {
  CatalogImage,
  DiffCounts,
  Difference,
  DifferenceKind,
  DiffOptions,
  DiffResult,
  Side,
  SideKind,
} from './diff/options.ts';
export { exportBundle } from './export/export-bundle.ts';
export type {
  ExportedVolume,
  ExportOptions,
  ExportResult,
  Filters,
  OmittedFile,
  Selection,
} from './export/options.ts';
export { bundlesIn, findSeries, type FoundSeries, type FoundVolume } from './inspect/find-series.ts';
export { parseVolumeNumbers, parseVolumeSize } from './base/volume-text.ts';
export { inspectBundle, listBundle } from './inspect/inspect-bundle.ts';
export type { InspectLists, InspectOptions, InspectResult } from './inspect/types.ts';
export type { Kept, KeptReason, RevertOptions, RevertResult } from './revert/options.ts';
export { revert } from './revert/revert.ts';
export { statusOf } from './status/status-of.ts';
export type {
  Books,
  Failure,
  ListKind,
  ListStatus,
  OperationKind,
  OperationStatus,
  StatusOptions,
  StatusResult,
  SyncStatus,
} from './status/types.ts';
export type {
  ArrivedOptions,
  ArrivedProblem,
  ArrivedProblemKind,
  ArrivedResult,
} from './verify/arrived-types.ts';
export { verifyBundle } from './verify/verify-bundle.ts';
export { verifyArrived } from './verify/verify-list.ts';
export type { LostRecord, OutcomeCounts, VerifyOptions, VerifyResult } from './verify/types.ts';
export type {
  AuthorRecord,
  End,
  ImageRecord,
  IndexLine,
  Manifest,
  OmissionReason,
} from './manifest/types.ts';

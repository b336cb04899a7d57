import type { WalkState } from './walk-state.ts';

/** Complete means that everything the manifest and the records name has come, or was said to be left out. */
export function checkComplete(state: WalkState): void {
  const { contents } = state;
  const missing = contents.countIn('listed');
  if (missing > 0) {
    const found = `${missing} of them neither packed nor omitted`;
    state.damage('file-missing', {}, `${contents.count} files`, found);
  }
  if (state.shardsLost || state.findings.has('record-invalid')) return;
  if (state.manifest === null) return;
  const { files } = state.manifest.totals;
  if (files === contents.count) return;
  const where = { entry: 'manifest.json' };
  state.damage('manifest-invalid', where, `${files} files`, `records name ${contents.count}`);
}

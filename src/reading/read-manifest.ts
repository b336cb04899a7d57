import { type Place, Refused } from '../base/findings.ts';
import { MAX_MANIFEST_BYTES, MAX_README_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';
import { parseManifest } from '../manifest/parse.ts';
import { FORMAT_VERSION, KNOWN_CAPABILITIES, type Manifest } from '../manifest/types.ts';
import type { WalkItem } from './walk-items.ts';
import type { WalkState } from './walk-state.ts';

/** @throws Refused `manifest-invalid`, `unsupported-version`, `missing-capability`, `limit-exceeded` */
export async function readManifest(state: WalkState, entry: Entry): Promise<WalkItem> {
  const { bytes, digest } = await state.whole(entry, MAX_MANIFEST_BYTES);
  const { value, problem } = parseManifest(bytes);
  if (problem !== null) throw refusal(entry, bytes, problem);
  checkVersion(value, entry.place);
  state.manifest = value;
  state.manifestDigest = digest;
  return { kind: 'manifest', manifest: value, bundleId: state.manifestDigest };
}

/** README.txt, whose digest the manifest has. */
export async function readReadme(state: WalkState, entry: Entry): Promise<void> {
  const { digest: found } = await state.whole(entry, MAX_README_BYTES);
  if (state.manifest === null) return;
  const expected = state.manifest.readme.digest;
  if (found !== expected) state.damage('shard-digest-mismatch', entry.place, expected, found);
}

/** A manifest of a later version may fit no schema of ours: its version is what to tell. */
function refusal(entry: Entry, bytes: Buffer, problem: string): Refused {
  const version = /"version"\s*:\s*(\d{1,9})/.exec(bytes.toString('latin1', 0, 4096))?.[1];
  if (version !== undefined && Number(version) > FORMAT_VERSION) return laterVersion(entry.place, version);
  return new Refused('manifest-invalid', entry.place, {
    expected: 'a manifest that fits the schema',
    found: problem,
  });
}

function checkVersion(manifest: Manifest, place: Place): void {
  const { version, capabilities } = manifest.format;
  if (version > FORMAT_VERSION) throw laterVersion(place, version);
  const unknown = capabilities.find((capability) => !KNOWN_CAPABILITIES.includes(capability));
  if (unknown === undefined) return;
  throw new Refused('missing-capability', place, {
    expected: 'capabilities that this program has',
    found: unknown,
  });
}

function laterVersion(place: Place, version: number | string): Refused {
  return new Refused('unsupported-version', place, {
    expected: `version ${FORMAT_VERSION}`,
    found: `version ${version}`,
  });
}

/** What indabundle is measured beside: the same work with other programs. */

import { hasProgram } from './programs.ts';

/**
 * Scripts for `sh`, with these variables: SRC, the archive's folder; PACK, a folder for what packing
 * makes; OUT, an empty folder to unpack into. What `prepare` does is not measured.
 */
export interface Peer {
  readonly name: string;
  readonly label: string;
  readonly needs: readonly string[];
  readonly prepare?: string;
  readonly pack: string;
  /** Reads everything again and checks it; on the packed form, or for the by-hand ways on the loose files. */
  readonly verify?: string;
  readonly unpack: string;
}

const PHOTOS = 'indafoto_archive';
const FILES = `find ${PHOTOS} -type f -print0`;
const TAR = `tar cf - ${PHOTOS} | zstd -q -1 -T0 -o "$PACK/all.tar.zst"`;
const UNTAR = 'zstd -q -dc "$PACK/all.tar.zst" | tar xf -';
const OPENSSL = `${FILES} | xargs -0 openssl dgst -sha256 -r | LC_ALL=C sort -k 2`;

/** What people do without us; the targets are ratios to it. */
export const BY_HAND: Peer = {
  name: 'by-hand',
  label: 'by hand: sha256sum, tar | zstd -1',
  needs: ['sha256sum', 'tar', 'zstd'],
  pack: `cd "$SRC" && ${FILES} | xargs -0 sha256sum > "$PACK/SHA256SUMS" && ${TAR}`,
  verify: 'cd "$SRC" && sha256sum --quiet -c "$PACK/SHA256SUMS"',
  unpack: `cd "$OUT" && ${UNTAR} && sha256sum --quiet -c "$PACK/SHA256SUMS"`,
};

const OPENSSL_BY_HAND: Peer = {
  name: 'openssl',
  label: 'the same with openssl dgst',
  needs: ['openssl', 'tar', 'zstd'],
  pack: `cd "$SRC" && ${OPENSSL} > "$PACK/sums" && ${TAR}`,
  verify: `cd "$SRC" && ${OPENSSL} | cmp - "$PACK/sums"`,
  unpack: `cd "$OUT" && ${UNTAR} && ${OPENSSL} | cmp - "$PACK/sums"`,
};

const COPY: Peer = {
  name: 'cp',
  label: 'cp -a, sync',
  needs: ['cp', 'sync'],
  pack: `cp -a "$SRC/${PHOTOS}" "$PACK/" && sync -f "$PACK"`,
  unpack: `cp -a "$SRC/${PHOTOS}" "$OUT/" && sync -f "$OUT"`,
};

const DAR: Peer = {
  name: 'dar',
  label: 'dar',
  needs: ['dar'],
  pack: `dar -N -q -Q -c "$PACK/all" -R "$SRC" -g ${PHOTOS}`,
  verify: 'dar -N -q -Q -t "$PACK/all"',
  unpack: 'dar -N -q -Q -x "$PACK/all" -R "$OUT"',
};

const BORG: Peer = {
  name: 'borg',
  label: 'borg',
  needs: ['borg'],
  prepare: 'borg init -e none "$PACK/repository"',
  pack: `cd "$SRC" && borg create "$PACK/repository::all" ${PHOTOS}`,
  verify: 'borg check --verify-data "$PACK/repository"',
  unpack: 'cd "$OUT" && borg extract "$PACK/repository::all"',
};

const RESTIC: Peer = {
  name: 'restic',
  label: 'restic',
  needs: ['restic'],
  prepare: 'restic -q init -r "$PACK/repository"',
  pack: `cd "$SRC" && restic -q -r "$PACK/repository" backup ${PHOTOS}`,
  verify: 'restic -q -r "$PACK/repository" check --read-data',
  unpack: 'restic -q -r "$PACK/repository" restore latest --target "$OUT"',
};

const SQUASHFS: Peer = {
  name: 'squashfs',
  label: 'mksquashfs, zstd -1',
  needs: ['mksquashfs', 'unsquashfs'],
  pack: `mksquashfs "$SRC/${PHOTOS}" "$PACK/all.sqfs" -comp zstd -Xcompression-level 1 -quiet -no-progress`,
  unpack: 'unsquashfs -q -n -d "$OUT/files" "$PACK/all.sqfs"',
};

export const PEERS: readonly Peer[] = [BY_HAND, OPENSSL_BY_HAND, COPY, DAR, BORG, RESTIC, SQUASHFS];

/** Other programs keep their caches and settings in the folder of the run, not in the user's home. */
export function peerEnvironment(pack: string): Record<string, string> {
  return {
    BORG_BASE_DIR: `${pack}/borg`,
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: `${pack}/restic`,
    XDG_CACHE_HOME: `${pack}/cache`,
  };
}

/** Those asked for by name, or all; each only where its programs are installed. */
export function installedPeers(names: readonly string[]): Peer[] {
  const stranger = names.find((name) => !PEERS.some((peer) => peer.name === name));
  if (stranger !== undefined) throw new RangeError(`--peers: no such peer: ${stranger}`);
  return PEERS.filter(
    ({ name, needs }) => (names.length === 0 || names.includes(name)) && needs.every(hasProgram),
  );
}

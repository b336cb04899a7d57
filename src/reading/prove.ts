import type { ContentPool } from './content-pool.ts';
import type { Payload } from './walk-items.ts';

/** Somebody who looks at the first bytes of contents. */
export interface HeadJudge {
  /** So many bytes are enough. */
  readonly headBytes: number;
  needs(digest: string): boolean;
  judge(digest: string, head: Buffer): Promise<void>;
}

/** Proves contents: what lies in one piece is hashed in a thread, the rest while it is read. */
export async function prove(
  payloads: readonly Payload[],
  pool: ContentPool,
  judge: HeadJudge | null = null,
): Promise<void> {
  for (const payload of payloads) {
    // What was hashed before its turn is proven when the walk goes on.
    if (payload.found === null || judge !== null) await proveOne(payload, pool, judge);
  }
}

async function proveOne(payload: Payload, pool: ContentPool, judge: HeadJudge | null): Promise<void> {
  const { digest, whole } = payload;
  const needed = judge?.needs(digest) === true ? judge : null;
  if (whole !== null && needed !== null) await needed.judge(digest, whole.subarray(0, needed.headBytes));
  if (whole === null && needed !== null) return await proveAndJudge(payload, needed);
  if (whole === null || payload.found !== null) {
    await payload.prove();
    return;
  }
  const tell = payload.takeOver();
  await pool.submit(whole, { digest, found: null, targets: [], tell });
}

async function proveAndJudge(payload: Payload, judge: HeadJudge): Promise<void> {
  const head: Buffer[] = [];
  let bytes = 0;
  await payload.prove((piece) => {
    if (bytes < judge.headBytes) head.push(Buffer.from(piece.subarray(0, judge.headBytes - bytes)));
    bytes += piece.length;
  });
  await judge.judge(payload.digest, Buffer.concat(head));
}

import type { Payload } from './walk-items.ts';

/** The whole content in memory of its own; null when it is damaged. */
export async function provenContent(payload: Payload): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  const isProven = await payload.prove((piece) => void pieces.push(Buffer.from(piece)));
  return isProven ? Buffer.concat(pieces) : null;
}

import { zstd } from './zstd.ts';

let decoder: InstanceType<typeof zstd.DCtx> | null = null;

/** Decodes one whole frame into `content`. Returns how many bytes that gave, or why it cannot be decoded. */
export function decodeFrame(frame: Buffer, content: Buffer): number | string {
  decoder ??= new zstd.DCtx();
  try {
    return decoder.decompress(content, frame);
  } catch (error) {
    return (error as Error).message;
  }
}

import { creationTime } from '../base/head-facts.ts';
import { VERSION } from '../base/version.ts';
import { PartFile } from '../bundle/part-file.ts';
import { REQUEST_NAME, REQUEST_VERSION, RequestWriter } from './request-writer.ts';
import type { Want } from './wants.ts';

/** What the head of a request says. */
export interface RequestFacts {
  readonly listId: string;
  /** How many images are wanted, and how many bytes their files have; 0 where nobody knows. */
  readonly images: number;
  readonly bytes: number;
  /** When it was made, as {@link creationTime} takes it. */
  readonly created?: string | undefined;
}

/** Writes a request as one file, which is there whole or not at all; returns its bytes. */
export async function writeRequest(
  path: string,
  { listId, images, bytes, created }: RequestFacts,
  wants: Iterable<Want> | AsyncIterable<Want>,
): Promise<number> {
  return await PartFile.whole(path, async (sink) => {
    const writer = new RequestWriter(sink);
    await writer.begin({
      format: { name: REQUEST_NAME, version: REQUEST_VERSION, capabilities: [] },
      created: creationTime(created),
      generator: { name: 'indabundle', version: VERSION },
      list_id: listId,
      images,
      bytes,
    });
    for await (const want of wants) await writer.add(want);
    await writer.end();
    return writer.bytes;
  });
}

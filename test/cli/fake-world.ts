import { Readable, Writable } from 'node:stream';
import type { Environment, Surroundings } from '../../src/cli/surroundings.ts';

/** A stream that keeps what is written to it, and looks like a terminal if asked to. */
export class Caught extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(look: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = look.isTTY ?? false;
    this.columns = look.columns ?? 80;
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

export interface FakeWorld extends Surroundings {
  readonly stdout: Caught;
  readonly stderr: Caught;
  readonly controller: AbortController;
}

export interface WorldLook {
  readonly env?: Environment;
  readonly stdin?: Readable;
  /** Makes both outputs terminals of that many columns. */
  readonly columns?: number;
}

/** A world without colours, in English, whose output is caught. */
export function fakeWorld({ env = {}, stdin = Readable.from([]), columns }: WorldLook = {}): FakeWorld {
  const look = columns === undefined ? {} : { isTTY: true, columns };
  const controller = new AbortController();
  return {
    stdin,
    stdout: new Caught(look),
    stderr: new Caught(look),
    env: { LANG: 'en_US.UTF-8', NO_COLOR: '1', ...env },
    signal: controller.signal,
    controller,
  };
}

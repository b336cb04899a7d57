import { once } from 'node:events';
import type { Output } from '../surroundings.ts';

/**
 * Prints to a stream at the pace that it takes, and stays calm when the reader goes away
 * (`indabundle inspect --records | head`): what comes then is dropped.
 */
export class Printer {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  /** False once nobody reads any more; a long list can stop there. */
  get open(): boolean {
    return !this.#output.destroyed && this.#output.writable && this.#output.errored === null;
  }

  async print(text: string): Promise<void> {
    if (!this.open) return;
    if (this.#output.write(text)) return;
    await Promise.race([once(this.#output, 'drain'), once(this.#output, 'close')]).catch(() => {});
  }

  async lines(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.print(`${lines.join('\n')}\n`);
  }
}

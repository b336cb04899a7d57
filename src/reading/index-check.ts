import { createHash } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { isPackedLine } from '../manifest/lines.ts';
import type { IndexLine, PackedLine } from '../manifest/types.ts';

/** Characters that are hashed in one go. */
const TOGETHER = 64 * 1024;

/**
 * What index.jsonl and SHA256SUMS must say, gathered while the entries pass: two running digests
 * instead of two lists, so that a million files cost nothing.
 */
export class IndexCheck {
  readonly #expectedIndex = new LinesHash();
  readonly #actualIndex = new LinesHash();
  readonly #expectedSums = new LinesHash();
  /** False once something could not be read: then the lists say more than we can know. */
  comparable = true;

  /** An entry whose content was read whole. */
  saw(name: string, digest: Digest): void {
    this.#expectedSums.update(sumsLine(name, digest));
  }

  /** A payload entry whose content was proven. */
  packed(line: PackedLine): void {
    this.#expectedIndex.update(packedText(line));
  }

  /** A line as index.jsonl has it. */
  listed(line: IndexLine): void {
    if (isPackedLine(line)) this.#actualIndex.update(packedText(line));
  }

  /** Only once, behind the last line. */
  indexAgrees(): boolean {
    return this.#expectedIndex.digest() === this.#actualIndex.digest();
  }

  /** The digest that SHA256SUMS must have. Only once. */
  expectedSums(): Digest {
    return this.#expectedSums.digest();
  }
}

/** Hashes lines by the thousand: one by one, calling the hash would take longer than hashing. */
class LinesHash {
  readonly #hash = createHash('sha256');
  #waiting = '';

  update(line: string): void {
    this.#waiting += line;
    if (this.#waiting.length >= TOGETHER) this.#flush();
  }

  digest(): Digest {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = '';
  }
}

/** A line as `sha256sum -c` reads it. */
export function sumsLine(name: string, digest: Digest): string {
  return `${digest}  ${name}\n`;
}

/** The fields that count, in one form. */
function packedText({ path, digest, size, offset }: PackedLine): string {
  return `${JSON.stringify(path)} ${digest} ${size} ${offset}\n`;
}

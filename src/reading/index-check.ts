import { createHash } from 'node:crypto';
import { type Digest, digestOf } from '../base/digest.ts';
import { isPackedLine, packedText, sumsLine } from '../manifest/lines.ts';
import type { IndexLine, PackedLine } from '../manifest/types.ts';

/** Characters that are hashed in one go. */
const TOGETHER = 64 * 1024;

/**
 * What index.jsonl and SHA256SUMS must say, gathered while the entries pass: running digests
 * instead of lists, so that a million files cost next to nothing.
 */
export class IndexCheck {
  readonly #expectedIndex = new LinesHash();
  readonly #actualIndex = new LinesHash();
  readonly #expectedSums = new LinesHash();
  readonly #groups: Group[] = [];
  /** False once something could not be read: then the lists say more than we can know. */
  comparable = true;

  /** An entry whose content was read whole. */
  saw(name: string, digest: Digest): void {
    this.#expectedSums.update(sumsLine(name, digest));
  }

  /** A payload entry whose content was proven. */
  packed(line: PackedLine): void {
    const group = this.#expectedIndex.update(packedText(line));
    if (group !== null) this.#groups.push(group);
  }

  /** A line as index.jsonl has it. */
  listed(line: IndexLine): void {
    if (isPackedLine(line)) this.#actualIndex.update(packedText(line));
  }

  /**
   * The lines that index.jsonl begins with where it agrees, some at a time, for whoever would rather not
   * read them; from the first that differ on, they must be {@link listed}. Only once, behind the last entry.
   */
  expectation(): Expectation {
    return new Expectation(this.#groups.values(), (lines) => this.#actualIndex.updateAll(lines));
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

/** Whole lines that were hashed together. */
interface Group {
  readonly bytes: number;
  readonly lines: number;
  readonly digest: Digest;
}

/** Lines that should come next. */
export class Expectation {
  readonly #groups: Iterator<Group>;
  readonly #tell: (lines: Buffer) => void;
  #next: Group | null;

  constructor(groups: Iterator<Group>, tell: (lines: Buffer) => void) {
    this.#groups = groups;
    this.#tell = tell;
    this.#next = nextOf(groups);
  }

  /** How many bytes to show; null when nothing more is expected. */
  get bytes(): number | null {
    return this.#next?.bytes ?? null;
  }

  /** How many lines these bytes are, where they are the lines that should come next; else 0, and that is the end of it. */
  shown(bytes: Buffer): number {
    const { digest, lines } = this.#next!;
    const agrees = digestOf(bytes) === digest;
    this.#next = agrees ? nextOf(this.#groups) : null;
    if (agrees) this.#tell(bytes);
    return agrees ? lines : 0;
  }
}

function nextOf(groups: Iterator<Group>): Group | null {
  const { done, value } = groups.next();
  return done === true ? null : value;
}

/** Hashes lines by the thousand: one by one, calling the hash would take longer than hashing. */
class LinesHash {
  readonly #hash = createHash('sha256');
  #waiting = '';
  #lines = 0;

  /** Answers with the lines that were hashed now, if any were. */
  update(line: string): Group | null {
    this.#waiting += line;
    this.#lines += 1;
    return this.#waiting.length < TOGETHER ? null : this.#flush();
  }

  /** Lines that are whole; none may be waiting. */
  updateAll(lines: Buffer): void {
    this.#hash.update(lines);
  }

  digest(): Digest {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): Group {
    const bytes = bytesOf(this.#waiting);
    const group = { bytes: bytes.length, lines: this.#lines, digest: digestOf(bytes) };
    this.#hash.update(bytes);
    this.#waiting = '';
    this.#lines = 0;
    return group;
  }
}

let room = Buffer.alloc(0);

/** In memory that is used again: what is allocated by the thousand stays behind for long. */
function bytesOf(text: string): Buffer {
  const most = text.length * 3;
  if (room.length < most) room = Buffer.allocUnsafeSlow(most);
  return room.subarray(0, room.write(text));
}

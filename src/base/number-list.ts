/** Whole numbers below 2^32 in four bytes each, for lists with as many as a bundle has records. Places that were never set hold 0. */
export class NumberList {
  length = 0;
  #numbers = new Uint32Array(1024);

  /** 0 behind the end. */
  get(at: number): number {
    return at < this.length ? this.#numbers[at]! : 0;
  }

  set(at: number, value: number): void {
    if (at >= this.#numbers.length) this.#grow(at + 1);
    if (at >= this.length) this.length = at + 1;
    this.#numbers[at] = value;
  }

  /** Forgets all but the first `length`. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.#numbers.fill(0, length, this.length);
    this.length = length;
  }

  #grow(length: number): void {
    let room = this.#numbers.length;
    while (room < length) room *= 2;
    const larger = new Uint32Array(room);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

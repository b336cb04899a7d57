/** Samples kept: half a minute at one a second, so that the time left does not jump about. */
const WINDOW_SECONDS = 30;
const SAMPLE_SECONDS = 1;
/** Below this a rate is a guess, and is not shown. */
const LEAST_SECONDS = 2;

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** How fast something goes, measured over the last half minute. */
export class Rate {
  readonly #samples: Sample[] = [];
  #latest: Sample | null = null;

  /** `at` in seconds, on any clock that only goes forward. */
  note(done: number, at: number): void {
    this.#latest = { at, done };
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < SAMPLE_SECONDS) return;
    this.#samples.push(this.#latest);
    while (at - (this.#samples[0]?.at ?? at) > WINDOW_SECONDS) this.#samples.shift();
  }

  /** Per second; null while there is too little to tell. */
  perSecond(): number | null {
    const [first] = this.#samples;
    const last = this.#latest;
    if (first === undefined || last === null || last.at - first.at < LEAST_SECONDS) return null;
    return (last.done - first.done) / (last.at - first.at);
  }

  /** Seconds; null while unknown, or when nothing moves. */
  secondsFor(left: number): number | null {
    const rate = this.perSecond();
    return rate === null || rate <= 0 ? null : left / rate;
  }
}

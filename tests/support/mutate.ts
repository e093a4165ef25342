/** Seeded mutations of bytes, and what a test tells of its run. */

import { randomFrom } from "./random.ts";

/** Changes bytes as a faulty or hostile peer might. The same seed makes the same changes. */
export class Mutator {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  /** Returns a whole number from 0 to below `below`. */
  below(below: number): number {
    return Math.floor(this.#next() * below);
  }

  /** Returns one of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** Returns changed bytes: one to four changes, near each other or far. */
  mutate(bytes: Uint8Array, other: Uint8Array = bytes): Uint8Array<ArrayBuffer> {
    let changed = [...bytes];
    for (let left = 1 + this.below(4); left > 0; left--) {
      changed = this.#change(changed, other);
    }
    return Uint8Array.from(changed);
  }

  #change(bytes: number[], other: Uint8Array): number[] {
    if (bytes.length === 0) return [this.below(256)];
    const at = this.below(bytes.length + 1);
    const length = 1 + this.below(8);
    switch (this.below(7)) {
      case 0: // a bit
        return bytes.with(at % bytes.length, bytes[at % bytes.length] ^ (1 << this.below(8)));
      case 1: // a byte that means something
        return bytes.with(at % bytes.length, this.pick([0, 1, 0x7f, 0x80, 0xc1, 0xd6, 0xdd, 0xff]));
      case 2: // the length of something, probably
        return bytes.toSpliced(at, 4, 0xff, 0xff, 0xff, this.below(256));
      case 3:
        return bytes.toSpliced(at, length);
      case 4:
        return bytes.toSpliced(at, 0, ...bytes.slice(at, at + 8 * length));
      case 5: // from elsewhere
        return bytes.toSpliced(
          at,
          0,
          ...other.slice(at % (other.length + 1)).slice(0, 16 * length),
        );
      default:
        return bytes.slice(0, at + 1);
    }
  }
}

/** The memory of this process, watched while a test runs. */
export class PeakMemory {
  #peak = 0;
  readonly #start = Deno.memoryUsage().rss;

  /** Looks at the memory. */
  look(): void {
    this.#peak = Math.max(this.#peak, Deno.memoryUsage().rss);
  }

  /** Prints what a test has done, and returns by how many MiB the memory has grown at most. */
  report(done: string): number {
    this.look();
    const grown = Math.round((this.#peak - this.#start) / 2 ** 20);
    console.log(`${done}; peak memory ${Math.round(this.#peak / 2 ** 20)} MiB, ${grown} more`);
    return grown;
  }
}

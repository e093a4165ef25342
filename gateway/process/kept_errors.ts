/**
 * What the errors of a gateway may take.
 *
 * @module
 */

import { FinalizationRegistry } from "../../internal/weak.ts";
import type { RemoteErrorInit } from "../../errors.ts";

/** A smaller error costs about as much as the channel that it ends. */
const SMALL_BYTES = 4 * 1024;
/** What is kept of the texts of an error that there is no room for. */
const KEPT_CHARACTERS = 200;

/** Frees what errors take that nobody refers to any more. */
const forgotten = new FinalizationRegistry<() => void>((free) => free());

/** Counts the large errors of a gateway while something refers to them. */
export class KeptErrors {
  readonly #most: number;
  #bytes = 0;

  /** @param most What they may take, in bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Returns an error, or the beginning of one that there is no room for.
   *
   * @param bytes What it takes.
   * @param keeper What refers to it.
   */
  bound(init: RemoteErrorInit, bytes: number, keeper: object): RemoteErrorInit {
    if (bytes <= SMALL_BYTES) return init;
    if (this.#bytes + bytes <= this.#most) {
      this.#keep(bytes, keeper);
      return init;
    }
    const { name, message, stack, gateway } = init;
    const why = "the errors of this gateway take more than memory= has room for";
    return {
      name: cut(name),
      message: `${cut(message)} (cut: ${why})`,
      stack: cut(stack),
      gateway,
    };
  }

  #keep(bytes: number, keeper: object): void {
    this.#bytes += bytes;
    forgotten.register(keeper, () => this.#bytes -= bytes);
  }
}

/** Returns the beginning of a text in memory of its own: a slice keeps all of it. */
function cut(text: string): string {
  return JSON.parse(JSON.stringify(text.slice(0, KEPT_CHARACTERS)));
}

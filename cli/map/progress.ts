/**
 * How far a map is: on a terminal alone.
 *
 * @module
 */

import type { MapProgress } from "../../mod.ts";
import type { Writer } from "../output/writer.ts";

const REDRAW_MS = 200;
const ERASE_LINE = "\r\x1b[K";

/** A line on stderr that says how many items are done, and when all will be. */
export class ProgressLine implements Disposable {
  readonly #err: Writer;
  readonly #isShown = Deno.stderr.isTerminal();
  #drawn = -Infinity;

  constructor(err: Writer) {
    this.#err = err;
  }

  /** Shows how far it is, if that was not shown just before. */
  show(progress: MapProgress): void {
    if (!this.#isShown || performance.now() - this.#drawn < REDRAW_MS) return;
    this.#drawn = performance.now();
    this.#err.write(ERASE_LINE + progressText(progress));
  }

  /** Takes the line off the screen. */
  [Symbol.dispose](): void {
    if (this.#isShown) this.#err.write(ERASE_LINE);
  }
}

/** Returns progress in words, such as `3/10 done, 1 failed, 2 running, 1.5/s, ETA 0:05`. */
export function progressText({ done, failed, running, total, perSecond }: MapProgress): string {
  const left = total === undefined ? NaN : (total - done - failed) / perSecond;
  return [
    `${done}${total === undefined ? "" : `/${total}`} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${running} running`,
    `${perSecond.toFixed(1)}/s`,
    ...(Number.isFinite(left) ? [`ETA ${clock(left)}`] : []),
  ].join(", ");
}

function clock(seconds: number): string {
  const all = Math.ceil(seconds);
  const parts = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [String(first), ...rest.map((part) => String(part).padStart(2, "0"))].join(":");
}

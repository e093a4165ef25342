/**
 * Writes what was sent when the process exits on purpose.
 *
 * @module
 */

/** Holds frames that their senders may take for written. */
export interface Flushable {
  /** Hands them to the stream now. */
  flush(): void;
}

const holders = new Set<Flushable>();

// Deno dispatches it for `Deno.exit()`, too.
globalThis.addEventListener("unload", () => {
  for (const holder of holders) holder.flush();
});

/** Flushes `holder` when the process exits. */
export function flushAtExit(holder: Flushable): void {
  holders.add(holder);
}

/** Forgets `holder`, which holds nothing any more. */
export function forgetAtExit(holder: Flushable): void {
  holders.delete(holder);
}

/**
 * Ends open gateways when this process ends.
 *
 * @module
 */

import { mayRunShell } from "../../internal/shell.ts";

/** A process that ends with this one. */
export interface Dependent {
  /** Ends it in order. */
  end(): Promise<unknown>;
  /** Ends it at once, if nothing else does when this process is gone. */
  abort(): void;
}

const open = new Set<Dependent>();

/** Ends `dependent` when this process ends, until the returned function is called. */
export function endWithProcess(dependent: Dependent): () => void {
  if (open.size === 0) {
    globalThis.addEventListener("beforeunload", endAll);
    globalThis.addEventListener("unload", abortAll);
  }
  open.add(dependent);
  return () => {
    if (!open.delete(dependent) || open.size > 0) return;
    globalThis.removeEventListener("beforeunload", endAll);
    globalThis.removeEventListener("unload", abortAll);
  };
}

/** The script has nothing more to do: its gateways end in order, and their last output is shown. */
function endAll(event: Event): void {
  event.preventDefault();
  for (const dependent of open) dependent.end();
}

/** At `Deno.exit`. What is guarded has the same time as after any other end of this process. */
function abortAll(): void {
  if (mayRunShell()) return;
  for (const dependent of open) dependent.abort();
}

/**
 * What open gateways mean for this process: they do not keep it alive, and end with it.
 *
 * @module
 */

/** A gateway as seen at the end of this process. */
export interface Ending {
  /** Ends it in order. */
  end(): Promise<unknown>;
  /** Ends it now: nothing can be waited for any more. */
  abort(): void;
}

const open = new Set<Ending>();

/** From now on, `gateway` ends with this process; until the returned function is called. */
export function endWithProcess(gateway: Ending): () => void {
  if (open.size === 0) {
    globalThis.addEventListener("beforeunload", endAll);
    globalThis.addEventListener("unload", abortAll);
  }
  open.add(gateway);
  return () => {
    if (!open.delete(gateway) || open.size > 0) return;
    globalThis.removeEventListener("beforeunload", endAll);
    globalThis.removeEventListener("unload", abortAll);
  };
}

/** The script has nothing more to do: its gateways end in order, with the last of their output. */
function endAll(event: Event): void {
  event.preventDefault();
  for (const gateway of open) gateway.end();
}

function abortAll(): void {
  for (const gateway of open) gateway.abort();
}

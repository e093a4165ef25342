/** Checks that the garbage collector can free something. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** From the flag by which `deno task test` starts; under a bare `deno test`, of a new context. */
let gc = (globalThis as { gc?: () => void }).gc;

/** Collects garbage, and returns whether nothing holds the object any more. */
export function isForgotten(reference: WeakRef<object>): boolean {
  gc ??= gcOfNewContext();
  gc();
  return reference.deref() === undefined;
}

/** Deno 2.7 has none in a new context. */
function gcOfNewContext(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

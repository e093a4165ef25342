/** Checks that the garbage collector can free something. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Collects garbage, and returns whether nothing holds the object any more. */
export function isForgotten(reference: WeakRef<object>): boolean {
  gc();
  return reference.deref() === undefined;
}

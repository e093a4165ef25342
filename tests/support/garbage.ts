/** What the garbage collector finds. */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Whether nothing holds it any more. */
export function isForgotten(reference: WeakRef<object>): boolean {
  gc();
  return reference.deref() === undefined;
}

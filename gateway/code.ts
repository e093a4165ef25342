/**
 * Code that is ready to be sent.
 *
 * @module
 */

import type { ExecKind } from "../protocol/control.ts";

/** Code as the remote takes it. */
export interface Code {
  /** How it is run. */
  kind: ExecKind;
  /** What is run. */
  text: string;
  /** What stacks and messages call it. */
  name: string;
  /** `line:column` of an error of syntax; empty where there is none. */
  position: string;
}

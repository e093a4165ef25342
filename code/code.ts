/**
 * Code that is ready to be sent, or soon will be.
 *
 * @module
 */

import type { UserCall } from "./call.ts";
import type { ExecKind } from "../protocol/control.ts";

/** Code as the remote runs it. */
export interface Code {
  /** How to run it. */
  readonly kind: ExecKind;
  /** The text, or a promise while it is being built. */
  readonly text: string | Promise<string>;
  /** The name in stacks and messages. */
  readonly name: string;
  /** `line:column` of a syntax error; empty if there is none. */
  readonly position: string;
  /** Finds positions in the user's own files. Called only when an error has been received. */
  readonly locate?: () => Locate | undefined | Promise<Locate | undefined>;
  /** The call that sends the code. */
  readonly from?: UserCall;
}

/** A location in one of the user's files. */
export interface SourceLocation {
  /** The file as stacks name it: a URL, or the name of a piece of code. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/**
 * Returns the location of a position (from 1) in a sent text: `undefined` if it is not known, `null` if
 * what is there was not written by the user.
 */
export type Locate = (line: number, column: number) => SourceLocation | undefined | null;

/**
 * Code that is ready to be sent, or soon will be.
 *
 * @module
 */

import type { ExecKind } from "../protocol/control.ts";

/** Code as the remote takes it. */
export interface Code {
  /** How it is run. */
  kind: ExecKind;
  /** What is run; a promise where it has to be built first. */
  text: string | Promise<string>;
  /** What stacks and messages call it. */
  name: string;
  /** `line:column` of an error of syntax; empty where there is none. */
  position: string;
  /** Where its positions are in the user's own files; asked when an error has come. */
  locate?: () => Locate | undefined | Promise<Locate | undefined>;
  /** The stack of the call that sends it; V8 makes the text only when it is read. */
  from?: { readonly stack?: string };
}

/** A place in a file of the user's. */
export interface Place {
  /** What stacks call the file: a URL, or the name of a piece of code. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** The place of a position (from 1) in a text that was sent; nothing where it is not known. */
export type Locate = (line: number, column: number) => Place | undefined;

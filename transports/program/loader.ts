/**
 * The loader: the first code that runs in a gateway, which reads the real program from the protocol
 * stream. Its source is `remote/loader.ts`.
 *
 * @module
 */

import { FIRST_LINE, PROGRAM_DEFLATED } from "../../protocol/constants.ts";
import { LOADER } from "./_loader.gen.ts";

/** The loader as the module to give to `deno run`. */
export const LOADER_URL: string = `data:application/javascript;base64,${btoa(LOADER)}`;

/**
 * Encodes the program as the loader reads it: {@linkcode FIRST_LINE}, its length (u32), with the
 * highest bit set if it is deflated, then its bytes.
 */
export function encodeProgram(program: Uint8Array, isDeflated: boolean): Uint8Array {
  const bytes = new Uint8Array(FIRST_LINE.length + 4 + program.length);
  new TextEncoder().encodeInto(FIRST_LINE, bytes);
  const head = program.length + (isDeflated ? PROGRAM_DEFLATED : 0);
  new DataView(bytes.buffer).setUint32(FIRST_LINE.length, head);
  bytes.set(program, FIRST_LINE.length + 4);
  return bytes;
}

/** A text without the loader in it: a program that takes its command line for text prints all of it. */
export function withoutLoader(text: string): string {
  return text.length < LOADER_URL.length ? text : text.replaceAll(LOADER_URL, "data:…");
}

/**
 * The loader: the first code that runs in a gateway, which reads the real program from the protocol
 * stream. Its source is `remote/loader.ts`.
 *
 * @module
 */

import { PROGRAM_DEFLATED } from "../../protocol/constants.ts";
import { LOADER } from "./_loader.gen.ts";

/** The loader as the module to give to `deno run`. */
export const LOADER_URL: string = `data:application/javascript;base64,${btoa(LOADER)}`;

/**
 * Encodes the program as the loader reads it: its length (u32), with the highest bit set if it is
 * deflated, then its bytes.
 */
export function encodeProgram(program: Uint8Array, isDeflated: boolean): Uint8Array {
  const bytes = new Uint8Array(4 + program.length);
  const head = program.length + (isDeflated ? PROGRAM_DEFLATED : 0);
  new DataView(bytes.buffer).setUint32(0, head);
  bytes.set(program, 4);
  return bytes;
}

/**
 * The program that runs on the far side.
 *
 * @module
 */

import { PROGRAM } from "./_program.gen.ts";
import { encodeProgram } from "./loader.ts";

let plain: Uint8Array | undefined;
let deflated: Promise<Uint8Array> | undefined;

/**
 * Returns the program, as a gateway's loader reads it. Deflated, it is a third of the size, which
 * saves a round trip of a long link; on one machine, deflating it would only cost time.
 */
export async function programFor(isNetworked: boolean): Promise<Uint8Array> {
  if (!isNetworked) return plain ??= encodeProgram(new TextEncoder().encode(PROGRAM), false);
  return await (deflated ??= deflate(PROGRAM).then((bytes) => encodeProgram(bytes, true)));
}

async function deflate(text: string): Promise<Uint8Array> {
  const deflated = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

/**
 * The program that runs on the far side.
 *
 * @module
 */

import { PROGRAM } from "./_program.gen.ts";
import { encodeProgram } from "./loader.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";

let plain: Uint8Array | undefined;
let deflated: Promise<Uint8Array> | undefined;

/**
 * The program, as a gateway's loader reads it. Over a network it travels deflated: a third of the
 * bytes is worth a round trip of a long link. On this machine that would be for nothing.
 */
export async function programFor({ transport: { kind }, via }: ResolvedSpec): Promise<Uint8Array> {
  if (kind === "popen" && via === undefined || kind === "command") {
    return plain ??= encodeProgram(new TextEncoder().encode(PROGRAM), false);
  }
  return await (deflated ??= deflate(PROGRAM).then((bytes) => encodeProgram(bytes, true)));
}

async function deflate(text: string): Promise<Uint8Array> {
  const deflated = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(deflated).arrayBuffer());
}

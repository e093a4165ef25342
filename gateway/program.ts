/**
 * The program that runs on the far side.
 *
 * @module
 */

import { PROGRAM } from "./_program.gen.ts";
import { encodeProgram } from "./loader.ts";
import type { ResolvedSpec } from "./spec.ts";

let plain: Promise<Uint8Array> | undefined;
let deflated: Uint8Array | undefined;

/**
 * The program, as a gateway's loader reads it. Over a network it travels deflated: a third of the
 * bytes is worth a round trip of a long link. Inflating takes some milliseconds, which on this
 * machine would be for nothing.
 */
export function programFor({ transport: { kind }, via }: ResolvedSpec): Promise<Uint8Array> {
  if (kind === "popen" && via === undefined || kind === "command") {
    return plain ??= inflate(unpack(PROGRAM)).then((text) => encodeProgram(text, false));
  }
  return Promise.resolve(deflated ??= encodeProgram(unpack(PROGRAM), true));
}

/** The deflated bytes of a generated text. */
export function unpack(packed: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0));
}

/** The text of {@linkcode unpack}'s bytes. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

/**
 * The program that runs on the far side.
 *
 * @module
 */

import { PROGRAM } from "./_program.gen.ts";

let text: Promise<string> | undefined;

/** The program's text; unpacked once. */
export function loadProgram(): Promise<string> {
  return text ??= unpack();
}

function unpack(): Promise<string> {
  const bytes = Uint8Array.from(atob(PROGRAM), (byte) => byte.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(inflated).text();
}

/**
 * The executable file of this process's Deno.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { LaunchError } from "../../errors.ts";
import { isStandalone } from "../../internal/find_deno.ts";

/** An executable file. */
export interface OwnBinary {
  path: string;
  bytes: number;
  /** SHA-256, in hexadecimal. */
  hash: string;
  /** The program of the system that loads it, which differs from libc to libc. */
  interpreter?: string;
}

/** Where linkers put what the system has to know first. */
const HEAD_BYTES = 4096;

let known: Promise<OwnBinary> | undefined;

/**
 * Returns the file of this process's Deno. It is read once, for its hash.
 *
 * @throws {LaunchError} without `--allow-read` for it, and if this process is no Deno but a program
 * that `deno compile` has made.
 */
export function ownBinary(): Promise<OwnBinary> {
  return known ??= read().catch((error) => {
    known = undefined;
    throw error;
  });
}

async function read(): Promise<OwnBinary> {
  if (isStandalone()) {
    throw new LaunchError(
      "deno=push copies the Deno that runs this process, and this is a program made by deno compile; " +
        "install Deno there, or give its path as deno=…",
    );
  }
  const path = Deno.execPath();
  const hash = createHash("sha256");
  let bytes = 0;
  let interpreter: string | undefined;
  for await (const chunk of await openBinary(path)) {
    if (bytes === 0) interpreter = interpreterOf(chunk);
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, hash: hash.digest("hex"), interpreter };
}

/** Reads it from the head of an ELF file. */
function interpreterOf(head: Uint8Array): string | undefined {
  const text = new TextDecoder("latin1").decode(head.subarray(0, HEAD_BYTES));
  return text.startsWith("\x7fELF") ? /(\/[\w./-]*\/ld[\w.-]+)\0/.exec(text)?.[1] : undefined;
}

/** Opens it for reading. */
export async function openBinary(path: string): Promise<ReadableStream<Uint8Array>> {
  try {
    return (await Deno.open(path)).readable;
  } catch (cause) {
    throw new LaunchError(
      `cannot copy ${path} for deno=push: ${cause}; this process needs --allow-read=${path}`,
      { cause },
    );
  }
}

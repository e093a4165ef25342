/**
 * Reads files of the source, each as it was at one moment.
 *
 * @module
 */

import { setTimeout } from "../../internal/timers.ts";
import { type Entry, entryOf, Kind } from "../wire/entry.ts";
import { problemOf, type SyncProblem } from "../wire/problems.ts";
import type { LinkMode } from "../wire/settings.ts";

/** Files up to this size are read at once. */
export const SMALL_BYTES: number = 64 * 1024;
/** Bytes of a large file that are read and sent at a time. */
export const CHUNK_BYTES: number = 256 * 1024;
/** How often a file is read that changes meanwhile. */
export const ATTEMPTS = 3;

/** Two changes of a file may have the same time if they are as close as this: a kernel's clock ticks. */
const TICK_MS = 20;

/** A file as it looks before or after it is read. */
export interface Look {
  entry: Entry;
  /** Names the file, its size and when it was changed. */
  version: string;
}

/** Returns how a file looks. */
export function lookAt(file: string, links: LinkMode): Look {
  const info = links === "follow" ? Deno.statSync(file) : Deno.lstatSync(file);
  const entry = entryOf(info);
  const { kind, mtime, size } = entry;
  return {
    entry,
    version: `${kind} ${info.dev} ${info.ino} ${size} ${mtime} ${info.ctime?.getTime()}`,
  };
}

/** Returns whether a file is the same as before it was read. */
export async function isUnchanged(
  file: string,
  links: LinkMode,
  { version, entry }: Look,
): Promise<boolean> {
  if (lookAt(file, links).version !== version) return false;
  const age = Date.now() - entry.mtime;
  if (age >= TICK_MS || age < -TICK_MS) return true;
  await new Promise<void>((resolve) => setTimeout(resolve, TICK_MS));
  return lookAt(file, links).version === version;
}

/** Throws if it is no file any more. */
export function checkFile(path: string, { entry }: Look): void {
  if (entry.kind !== Kind.file) throw changed(path, "it was a file, and is none any more");
}

/** Returns the error of a file that does not hold still. */
export function changed(path: string, how: string): Error & SyncProblem {
  const problem = { path, operation: "read", code: "CHANGED", message: how };
  return Object.assign(new Error(how), problem);
}

/** Reads a small file; undefined if it is not small any more. */
export async function readSmall(
  path: string,
  file: string,
  links: LinkMode,
): Promise<{ entry: Entry; bytes: Uint8Array<ArrayBuffer> } | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const look = lookAt(file, links);
    checkFile(path, look);
    if (look.entry.size > SMALL_BYTES) return undefined;
    const bytes = await Deno.readFile(file);
    if (bytes.length === look.entry.size && await isUnchanged(file, links, look)) {
      return { entry: look.entry, bytes };
    }
  }
  throw changed(path, `it changed each of the ${ATTEMPTS} times that it was read`);
}

/** Yields the bytes of a file, and at the end whether it has not changed. */
export async function* readChunks(
  file: string,
  links: LinkMode,
  look: Look,
): AsyncGenerator<Uint8Array<ArrayBuffer>, boolean> {
  using handle = await Deno.open(file);
  let left = look.entry.size;
  let next = readAhead(handle, left);
  while (left > 0) {
    const chunk = await next;
    left -= chunk.length;
    if (chunk.length === 0) return false;
    next = readAhead(handle, left);
    yield chunk;
  }
  return await isUnchanged(file, links, look);
}

/** Begins to read a chunk. Who stops before that has come closes the file, and nobody waits for it. */
function readAhead(handle: Deno.FsFile, left: number): Promise<Uint8Array<ArrayBuffer>> {
  const read = readInto(handle, left);
  read.catch(() => {});
  return read;
}

async function readInto(
  handle: Deno.FsFile,
  left: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(Math.min(left, CHUNK_BYTES));
  let filled = 0;
  while (filled < buffer.length) {
    const count = await handle.read(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled === buffer.length ? buffer : buffer.slice(0, filled);
}

/** Returns an error of reading as a problem. */
export function readProblem(path: string, error: unknown): SyncProblem {
  return problemOf(path, "read", error);
}

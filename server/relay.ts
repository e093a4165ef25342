/**
 * Copies bytes between a process and a connection, with backpressure.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { ServerConnection } from "./connection.ts";

const READ_BYTES = 64 * 1024;

/** Passes all that a pipe provides to `write`. Resolves at the end of the pipe. */
export function pump(
  pipe: Socket,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  pipe.on("data", (chunk: Uint8Array) => {
    pipe.pause();
    // If the client is gone, the rest is dropped; the session ends the process.
    write(chunk).then(() => pipe.resume(), () => pipe.resume());
  });
  pipe.on("close", () => ended.resolve());
  pipe.on("error", () => ended.resolve());
  return ended.promise;
}

/** Writes all that a client sends into a pipe, and then ends it. What a closed pipe cannot take is dropped. */
export async function feed(connection: ServerConnection, pipe: Socket): Promise<void> {
  let drained: (() => void) | undefined;
  pipe.on("error", () => {}); // the exit of the process is reported elsewhere
  for (const event of ["drain", "close"]) pipe.on(event, () => drained?.());
  const buffer = new Uint8Array(READ_BYTES);
  for (;;) {
    const count = await connection.readSome(buffer).catch(() => null);
    if (count === null) break;
    if (pipe.destroyed || pipe.write(buffer.slice(0, count))) continue;
    await new Promise<void>((resolve) => drained = resolve);
  }
  pipe.end();
}

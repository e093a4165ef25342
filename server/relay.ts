/**
 * Bytes from one place to another, no faster than they are taken there.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { ServerConnection } from "./connection.ts";

const READ_BYTES = 64 * 1024;

/** Everything that comes out of a pipe goes to `write`; resolves at its end. */
export function pump(
  pipe: Socket,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  pipe.on("data", (chunk: Uint8Array) => {
    pipe.pause();
    // Who is gone takes nothing, and the process that writes is ended for it elsewhere.
    write(chunk).then(() => pipe.resume(), () => pipe.resume());
  });
  pipe.on("close", () => ended.resolve());
  pipe.on("error", () => ended.resolve());
  return ended.promise;
}

/** Everything that comes from a client goes into a pipe, the end included; what the pipe takes no more is dropped. */
export async function feed(connection: ServerConnection, pipe: Socket): Promise<void> {
  let drained: (() => void) | undefined;
  pipe.on("error", () => {}); // it has ended, which is told elsewhere
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

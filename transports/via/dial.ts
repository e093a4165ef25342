/**
 * What a middle gateway runs to carry a TCP connection: it connects and passes bytes on.
 *
 * @module
 */

import type { Channel } from "../../channel/channel.ts";
import type { Address } from "../tcp/socket.ts";

/** Begins what it sends, once it is connected. */
export const CONNECTED = "connected";

/** What it is told. */
export interface DialArgs extends Address {
  /** See {@linkcode CONNECTED}. */
  connected: string;
  /** Idle milliseconds after which the kernel asks whether the other machine is there. */
  keepAlive: number;
}

/**
 * Sent as text: it uses nothing but its parameters. Where the initiator goes away, or closes the
 * channel, the connection is closed.
 */
export async function dial(
  channel: Channel<Uint8Array, Uint8Array | string>,
  { hostname, port, connected, keepAlive }: DialArgs,
): Promise<void> {
  const host = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  // `node:net` looks the name up before it asks, and then does not say what it lacks.
  if (Deno.permissions.querySync({ name: "net", host }).state !== "granted") {
    throw new Deno.errors.NotCapable(
      `Requires net access to "${host}", run again with the --allow-net flag`,
    );
  }
  // Not `Deno.connect`: up to 2.7 that tries the first address of a name alone.
  const { connect } = await import("node:net");
  const socket = connect({ host: hostname, port, allowHalfOpen: true });
  channel.signal.addEventListener("abort", () => socket.destroy());
  if (channel.signal.aborted) socket.destroy();
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAlive);
  await channel.send(connected);
  const up = async () => {
    for await (const chunk of channel) {
      if (socket.write(chunk)) continue;
      await new Promise<void>((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
    socket.end();
  };
  const down = async () => {
    for await (const chunk of socket) {
      await channel.send(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    }
    channel.closeSend();
  };
  try {
    await Promise.all([up(), down()]);
  } finally {
    socket.destroy();
  }
}

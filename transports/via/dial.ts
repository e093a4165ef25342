/**
 * The function that a relay gateway runs for a TCP connection: it connects and passes bytes on.
 *
 * @module
 */

import type { Channel } from "../../channel/channel.ts";
import type { Address } from "../tcp/address.ts";

/** The first item that it sends, once it is connected. */
export const CONNECTED = "connected";

/** Its arguments. */
export interface DialArgs extends Address {
  /** See {@linkcode CONNECTED}. */
  connected: string;
  /** Idle milliseconds after which the kernel probes the connection. */
  keepAlive: number;
}

/**
 * Connects, and passes on bytes in both directions. It is sent as text, so it uses nothing but its
 * parameters. The connection ends with the channel, and so with the initiator.
 */
export async function dial(
  channel: Channel<Uint8Array, Uint8Array | string>,
  { hostname, port, connected, keepAlive }: DialArgs,
): Promise<void> {
  const host = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  // `node:net` resolves the name before it checks, and then does not name the missing permission.
  if (Deno.permissions.querySync({ name: "net", host }).state !== "granted") {
    throw new Deno.errors.NotCapable(
      `Requires net access to "${host}", run again with the --allow-net flag`,
    );
  }
  // Not `Deno.connect`: up to 2.7 it tries only the first address of a name.
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

/**
 * A server for one session. It is bundled into the source text that a gateway runs for `installvia`, in
 * which `channel` and `args` are bound.
 *
 * @module
 */

import type { ServerArgs } from "../transports/installvia/server_program.ts";
import { serve } from "./server.ts";

declare const channel: { send(port: number): Promise<void>; readonly signal: AbortSignal };
declare const args: ServerArgs;

const { hostname, port, insecure, token, permissions: { all, allow, deny }, unstable, waitMs } =
  args;
const server = serve({
  hostname,
  port,
  insecure,
  token,
  ...(all ? { "allow-all": true } : { permissions: allow }),
  deny,
  unstable,
  once: true,
  log({ event }) {
    if (event === "accepted") clearTimeout(unused);
  },
});
const end = () => server.shutdown({ timeout: 0 });
const unused = setTimeout(end, waitMs);
channel.signal.addEventListener("abort", end);
await channel.send(server.address.port);
await server.finished;
clearTimeout(unused);

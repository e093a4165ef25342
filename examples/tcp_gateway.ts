/**
 * Starts a server, connects to it, works there, and shuts it down.
 *
 *     deno run --allow-net=127.0.0.1 --allow-run=/bin/sh --allow-env examples/tcp_gateway.ts
 *
 * On a machine of its own, the server is a program:
 *
 *     deno run … jsr:@x/execnet/serve 8888 -- --allow-read=/data
 *
 * @module
 */
import { LaunchError, makeGateway } from "@x/execnet";
import { serve } from "@x/execnet/serve";

const token = crypto.randomUUID() + crypto.randomUUID();
// Sessions may see the host's name, and nothing else.
await using server = serve({ token, permissions: { sys: ["hostname"] }, log: () => {} });
const where = `tcp=127.0.0.1:${server.address.port}`;

await using gw = await makeGateway({
  tcp: where.slice(4),
  token,
  permissions: { sys: ["hostname"] },
});
console.log("sessions:", server.sessions);
console.log("the host has a name:", await gw.call(() => Deno.hostname().length > 0));

for (
  const [what, spec] of [["more", `${where}//token=${token}//allow-net`], [
    "in",
    `${where}//token=${"x".repeat(64)}`,
  ]]
) {
  try {
    await makeGateway(spec);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    console.log(`asked for ${what}: ${error.name}`);
  }
}

await gw.terminate();
await server.shutdown();
console.log("sessions:", server.sessions);

/**
 * Gateways that run a server for another gateway of the group (`installvia`).
 *
 * @module
 */

import { coreOf as channelCoreOf } from "../../channel/channel.ts";
import { consume } from "../../channel/consumers.ts";
import type { Output, ResolvedSpec } from "../../spec/spec.ts";
import type { ServerHosting } from "../../transports/installvia/server_host.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import { popenViaRelay } from "../../transports/popen.ts";
import { programFor } from "../../transports/program/program.ts";
import { openTransport } from "../../transports/start/open.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import type { GatewayGroup } from "../group_interface.ts";

/**
 * Returns what starts such gateways.
 *
 * @param machine The one of the gateway that `installvia` names.
 * @param output That of the gateway that the server is for. What its code prints comes through its
 * session; the server itself prints only what Deno has to say, which is no line of that gateway.
 */
export async function serverHosting(
  group: GatewayGroup<Gateway>,
  machine: Machine,
  output: Output,
): Promise<ServerHosting> {
  const kind = popenViaRelay;
  const program = await programFor(kind.isNetworked);
  const { createGateway } = await import("../create.ts");
  return {
    machine,
    start(settings, id) {
      const spec: ResolvedSpec = {
        ...settings,
        kind,
        options: undefined,
        execmodel: "main",
        output: output === "inherit" ? "inherit" : "null",
      };
      const transport = openTransport(spec, machine, id);
      const init = { id, spec, machine, transport, program };
      const gateway = createGateway(init, { popen: true }, group);
      return {
        async run(text, args) {
          await coreOf(gateway).ready();
          const server = gateway.remoteExec(text, args, { name: "server" });
          const first = await server.receive();
          const core = channelCoreOf(server);
          const ended = new Promise<Error | undefined>((resolve) =>
            consume(core, () => {}, () => resolve(core.outcome.failure))
          );
          return { first, ended };
        },
        terminate: (options) => gateway.terminate(options),
      };
    },
  };
}

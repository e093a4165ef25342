/**
 * Gateways behind gateways: what a middle gateway starts, as if it were this machine.
 *
 * @module
 */

import type { Address } from "./tcp/socket.ts";
import { openTcp } from "./tcp/session.ts";
import { denoCommand } from "./program/deno_command.ts";
import { explainFarScript, farScript } from "./start_script.ts";
import type { Launcher } from "./kind.ts";
import { RelaySocket } from "./via/relay_socket.ts";
import { type RelayGateway, RelayProcess } from "./via/relay_process.ts";
import type { ProgramResult, RunOptions } from "./machine/run_program.ts";
import { SHELL } from "../internal/shell.ts";
import type { Machine } from "./machine/machine.ts";

/** The machine of a middle gateway. It needs `allow-run` for what it starts, `allow-net` for servers. */
export function machineOf(relay: RelayGateway): Machine {
  return {
    via: relay.id,
    open(plan, id) {
      const name = `gateway ${id}`;
      if (plan.kind === "process") return new RelayProcess(relay, plan, name);
      const dial = (address: Address) => new RelaySocket(relay, address, name);
      return openTcp({ ...plan, via: relay.id, dial });
    },
    run: (command, options) => runThere(relay, command, options),
  };
}

/** `popen` on the machine of a middle gateway: stdin, stdout and stderr are all that leads there. */
export const popenThere: Launcher = {
  plan: (spec) => ({
    kind: "process",
    command: [SHELL, "-c", farScript(spec, denoCommand(spec))],
    env: {},
  }),
  explain: explainFarScript,
  versionCommand: (spec) => [SHELL, "-c", farScript(spec, ["--version"])],
};

async function runThere(
  relay: RelayGateway,
  command: readonly [string, ...string[]],
  { env = {}, signal, input }: RunOptions,
): Promise<ProgramResult> {
  const process = new RelayProcess(relay, { kind: "process", command, env }, command[0]);
  process.ref();
  const kill = () => process.abort("SIGKILL");
  signal.addEventListener("abort", kill);
  try {
    const stdout = collected(process);
    const stderr = new Response(process.output.stderr).text();
    for await (const chunk of input ?? []) await process.write([chunk]);
    process.closeWrite();
    const { code } = await process.exited;
    return { code: code ?? -1, stdout: await stdout, stderr: await stderr };
  } finally {
    signal.removeEventListener("abort", kill);
    process.unref();
    process.release();
  }
}

function collected(process: RelayProcess): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  return new Promise((resolve) =>
    process.start({
      data: (chunk) => void (text += decoder.decode(chunk, { stream: true })),
      end: () => resolve(text),
    })
  );
}

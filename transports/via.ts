/**
 * Gateways behind gateways: what a relay gateway starts on its machine.
 *
 * @module
 */

import type { Machine } from "./machine/machine.ts";
import type { ProgramResult, RunOptions } from "./machine/run_program.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";
import { type RelayGateway, RelayProcess } from "./via/relay_process.ts";
import { RelaySocket } from "./via/relay_socket.ts";

/** Returns the machine of a relay gateway. That needs `allow-run` for processes, `allow-net` for servers. */
export function machineOf(relay: RelayGateway): Machine {
  return {
    via: relay.id,
    start: (process, id) => new RelayProcess(relay, process, `gateway ${id}`),
    dial: (address, id) => new RelaySocket(relay, address, `gateway ${id}`),
    run: (process, options) => runProgram(relay, process, options),
  };
}

async function runProgram(
  relay: RelayGateway,
  options: ProcessOptions,
  { signal, input }: RunOptions,
): Promise<ProgramResult> {
  const process = new RelayProcess(relay, options, options.command[0]);
  process.ref();
  const kill = () => process.abort("SIGKILL");
  signal.addEventListener("abort", kill);
  try {
    const stdout = readAll(process);
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

function readAll(process: RelayProcess): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  return new Promise((resolve) =>
    process.start({
      data: (chunk) => void (text += decoder.decode(chunk, { stream: true })),
      end: () => resolve(text),
    })
  );
}

/**
 * Gateways behind gateways: what a relay gateway starts on its machine.
 *
 * @module
 */

import {
  awaitEnd,
  LastBytes,
  type SideOptions,
  type SideResult,
} from "../internal/side_process.ts";
import type { Machine } from "./machine/machine.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";
import { type RelayGateway, RelayProcess } from "./via/relay_process.ts";
import { RelaySocket } from "./via/relay_socket.ts";

/** Returns the machine of a relay gateway. That needs `allow-run` for processes, `allow-net` for servers. */
export function machineOf(relay: RelayGateway): Machine {
  return {
    via: relay.id,
    start: (process, id) => new RelayProcess(relay, process, `gateway ${id}`),
    dial: (address, id) => new RelaySocket(relay, address, `gateway ${id}`),
    run: (process, options) => runSideProcess(relay, process, options),
  };
}

async function runSideProcess(
  relay: RelayGateway,
  program: ProcessOptions,
  { input, keptBytes, timeout, signal }: SideOptions,
): Promise<SideResult> {
  signal?.throwIfAborted();
  const process = new RelayProcess(relay, program, program.command[0], true);
  process.ref();
  const [stdout, stderr] = [new LastBytes(keptBytes), new LastBytes()];
  const ended = new Promise<void>((end) =>
    process.start({ data: (bytes) => stdout.push(bytes.slice()), end: () => end() })
  );
  const drained = Promise.all([ended, stderr.collect(process.output.stderr)]);
  const exited = process.exited.then(({ code }) => code);
  const abort = (signal: "SIGTERM" | "SIGKILL") => process.abort(signal);
  feed(process, input);
  try {
    return await awaitEnd({ exited, drained, stdout, stderr, abort }, { timeout, signal });
  } finally {
    process.unref();
    process.release();
  }
}

/** Passes on what it reads from stdin. If it ends without reading all, its status says why. */
async function feed(process: RelayProcess, input?: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of input ?? []) await process.write([chunk]);
    process.closeWrite();
  } catch { /* it reads no more */ }
}

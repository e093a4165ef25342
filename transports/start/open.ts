/**
 * Opens the transport of a gateway.
 *
 * @module
 */

import type { Launch } from "../kind.ts";
import type { Machine } from "../machine/machine.ts";
import { killScript, newKillMark } from "../start_script.ts";
import type { ProcessOptions } from "../streams/group_leader.ts";
import { RemoteKillTransport } from "../streams/remote_kill.ts";
import type { Transport } from "../transport.ts";

/** Bounds a kill script. */
const KILL_SCRIPT_MS = 10_000;

/** What ends the far side of a carrier that does so by itself. */
const NOTHING = [":"];

/**
 * Starts gateway `id` on a machine, or connects to it from there.
 *
 * @throws {LaunchError} if that fails at once.
 */
export function openTransport(launch: Launch, machine: Machine, id: string): Transport {
  const { kind } = launch;
  if (kind.runScript === undefined) return kind.plan(launch).open(machine, id);
  const killMark = newKillMark();
  const script = killScript(killMark);
  const kill = kind.runScript(launch, script);
  const endsItself = kind.endsFarSide?.(launch.options) ?? false;
  const process = kind.plan(launch, killMark)
    .open(machine, id, endsItself ? NOTHING : kill.command);
  if (endsItself) return new RemoteKillTransport(process, killMark);
  return new RemoteKillTransport(process, killMark, (signal) => runKill(kill, machine, signal));
}

async function runKill(
  kill: ProcessOptions,
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  try {
    await machine.run(kill, { timeout: KILL_SCRIPT_MS, signal });
  } catch { /* if the far side cannot be reached, nothing can be done */ }
}

/**
 * Starts the process of a gateway.
 *
 * @module
 */

import { type ExecnetError, LaunchError, SpecError } from "../../errors.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import { isOlder } from "../../internal/version.ts";
import type { ExitStatus, Transport } from "../transport.ts";
import { denoVersionError } from "../program/deno_command.ts";
import { CarriedTransport } from "../streams/remote_kill.ts";
import { command } from "../command.ts";
import { killScript, newMark } from "../start_script.ts";
import type { LaunchPlan } from "../machine/plan.ts";
import type { Launcher } from "../kind.ts";
import { popen } from "../popen.ts";
import { here, type Machine, NO_PROGRAM } from "../machine/machine.ts";
import { type GatewaySpec, type ResolvedSpec, resolveSpec } from "../../spec/spec.ts";
import { ssh } from "../ssh.ts";
import { tcp } from "../tcp.ts";
import { popenThere } from "../via.ts";

const LAUNCHERS: Partial<Record<ResolvedSpec["transport"]["kind"], Launcher>> = {
  popen,
  command,
  ssh,
  tcp,
};

/**
 * The launcher of a spec.
 *
 * @throws {SpecError} where there is none.
 */
export function launcherOf(spec: ResolvedSpec): Launcher {
  const { kind } = spec.transport;
  const launcher = kind === "popen" && spec.via !== undefined ? popenThere : LAUNCHERS[kind];
  if (launcher === undefined) {
    throw new SpecError(`this release of execnet cannot start gateways with "${kind}" yet`);
  }
  return launcher;
}

/** Starts what the spec of gateway `id` asks for, from `machine`. */
export function openTransport(spec: ResolvedSpec, machine: Machine, id: string): Transport {
  const launcher = launcherOf(spec);
  const { carry } = launcher;
  if (carry === undefined) return machine.open(launcher.plan(spec), id);
  const mark = newMark();
  const process = machine.open(launcher.plan({ ...spec, mark }), id);
  return new CarriedTransport(process, () => endFar(carry(spec, killScript(mark)), machine));
}

/** An end waits for less; what takes longer goes on by itself. */
const END_FAR_MS = 10_000;

async function endFar({ command, env }: LaunchPlan, machine: Machine): Promise<void> {
  try {
    await machine.run(command, { env, signal: AbortSignal.timeout(END_FAR_MS) });
  } catch { /* without a way there, there is nothing to be done */ }
}

/**
 * The command line that {@linkcode makeGateway} would start for a spec: program and arguments, each
 * as it is handed over, without a shell. Nothing is started but what has to be asked first
 * (`ssh -G`, which reads the configuration).
 *
 * It shows all that the spec says, values of `env:` included. `deno=push` is not carried out: what is
 * shown is the search for a Deno that is there.
 *
 * @param spec Text such as `ssh=user@host`, or a {@linkcode GatewaySpec}.
 * @throws {SpecError} when the spec is wrong, or does not start a process.
 *
 * @example
 * ```ts
 * import { dryRun } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const command = await dryRun("command=sudo -n -u nobody//allow-net");
 * assertEquals(command.slice(0, 6), ["sudo", "-n", "-u", "nobody", "sh", "-c"]);
 * ```
 */
export async function dryRun(spec: string | GatewaySpec): Promise<string[]> {
  const resolved = resolveSpec(spec);
  const launcher = launcherOf(resolved);
  const prepared = await launcher.prepare?.(resolved, here) ?? resolved;
  const plan = launcher.plan(prepared);
  if (plan.kind === "process") return [...plan.command];
  throw new SpecError("a gateway behind a server is started by no command of this machine");
}

/** Why a process ended before it said hello, as the error that says what to do. */
export async function launchError(
  spec: ResolvedSpec,
  id: string,
  status: ExitStatus,
  seen: readonly string[],
  machine: Machine,
): Promise<ExecnetError> {
  const tail = seen.length > 0
    ? `; it printed:\n${seen.map((line) => `    ${shortened(line)}`).join("\n")}`
    : "";
  const launcher = launcherOf(spec);
  const noProgram = seen.find((line) => line.startsWith(NO_PROGRAM));
  if (noProgram !== undefined) {
    return new LaunchError(
      `cannot start gateway ${id}: ${machine.via ?? "this machine"} has no program ${
        noProgram.slice(NO_PROGRAM.length)
      }`,
    );
  }
  const known = launcher.explain({ spec, id, status, seen, tail });
  if (known !== undefined) return known;
  const version = await versionOf(launcher.versionCommand?.(spec), machine);
  if (version !== undefined && isOlder(version, MIN_DENO_VERSION)) {
    return denoVersionError(id, version);
  }
  const how = status.signal !== null
    ? `process was ended by ${status.signal}`
    : status.code !== null
    ? `process ended with code ${status.code}`
    : "connection ended";
  return new LaunchError(
    `cannot start gateway ${id}: its ${how} before it answered` +
      (tail || "; does a Deno start there, and does what starts it pass on stdin and stdout?"),
  );
}

/** What takes the command for text, prints all of it. */
function shortened(line: string): string {
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}

const MOST_SHOWN = 300;
const VERSION_TIMEOUT_MS = 5_000;

/** Asked only after a failure, to tell a Deno too old to know our flags. */
async function versionOf(
  command: readonly [string, ...string[]] | undefined,
  machine: Machine,
): Promise<string | undefined> {
  if (command === undefined) return undefined;
  try {
    const { stdout, stderr } = await machine.run(command, {
      signal: AbortSignal.timeout(VERSION_TIMEOUT_MS),
    });
    // Behind a carrier, all that is printed comes out on stderr.
    return /^deno (\d+\.\d+\.\d+\S*)/m.exec(`${stdout}\n${stderr}`)?.[1];
  } catch {
    return undefined;
  }
}

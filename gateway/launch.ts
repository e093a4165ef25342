/**
 * Starts the process of a gateway.
 *
 * @module
 */

import { type ExecnetError, LaunchError, SpecError } from "../errors.ts";
import { MIN_DENO_VERSION } from "../protocol/constants.ts";
import { ProcessTransport } from "../transports/process.ts";
import type { ExitStatus, Transport } from "../transports/transport.ts";
import { denoVersionError, isOlder } from "./deno_command.ts";
import { command } from "./command.ts";
import type { Launcher, LaunchPlan } from "./launcher.ts";
import { popen, SHELL } from "./popen.ts";
import { runProgram } from "./run_program.ts";
import { END_WITH_PARENT, NOT_FOUND } from "./shell_parts.ts";
import { type GatewaySpec, type ResolvedSpec, resolveSpec } from "./spec.ts";
import { ssh } from "./ssh.ts";

const LAUNCHERS: Partial<Record<ResolvedSpec["transport"]["kind"], Launcher>> = {
  popen,
  command,
  ssh,
};

/**
 * The launcher of a spec.
 *
 * @throws {SpecError} where there is none.
 */
export function launcherOf(spec: ResolvedSpec): Launcher {
  const launcher = LAUNCHERS[spec.transport.kind];
  const missing = spec.via !== undefined ? "via" : spec.transport.kind;
  if (launcher === undefined || missing !== spec.transport.kind) {
    throw new SpecError(`this release of execnet cannot start gateways with "${missing}" yet`);
  }
  return launcher;
}

/** Starts what a spec asks for. */
export function openTransport(spec: ResolvedSpec): Transport {
  const plan = launcherOf(spec).plan(spec);
  const [program] = plan.command;
  try {
    return new ProcessTransport({ ...plan, command: localCommand(plan) });
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const advice = cause instanceof Deno.errors.NotCapable
      ? `this process needs --allow-run=${program} and --allow-env`
      : `is "${program}" installed on this machine, and on PATH?`;
    throw new LaunchError(
      `cannot start a gateway by "${program}": ${cause.message}; ${advice}`,
      { cause },
    );
  }
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
  const prepared = await launcher.prepare?.(resolved) ?? resolved;
  return [...launcher.plan(prepared).command];
}

/** Opens the line on stderr by which {@linkcode localCommand} says that it found no program. */
const NO_PROGRAM = "execnet: no program here: ";

/** Looks for the program first, to tell its absence from that of others, further away. */
const CARRY_SCRIPT = `
if ! command -v "$1" >/dev/null; then echo "${NO_PROGRAM}$1; PATH=$PATH" >&2; exit ${NOT_FOUND}; fi
${END_WITH_PARENT}
exec "$@"`;

/**
 * What to start for a plan on the machine where its command is. A carrier such as `ssh` does not
 * see that this process is gone while the far side is busy: so it is started as one that ends with
 * its parent, where this process may run a shell for that.
 */
function localCommand({ command }: LaunchPlan): LaunchPlan["command"] {
  if (command[0] === SHELL) return command;
  const { state } = Deno.permissions.querySync({ name: "run", command: SHELL });
  return state === "granted" ? [SHELL, "-c", CARRY_SCRIPT, "sh", ...command] : command;
}

/** Why a process ended before it said hello, as the error that says what to do. */
export async function launchError(
  spec: ResolvedSpec,
  id: string,
  status: ExitStatus,
  seen: readonly string[],
): Promise<ExecnetError> {
  const tail = seen.length > 0
    ? `; it printed:\n${seen.map((line) => `    ${line}`).join("\n")}`
    : "";
  const launcher = launcherOf(spec);
  const noProgram = seen.find((line) => line.startsWith(NO_PROGRAM));
  if (noProgram !== undefined) {
    return new LaunchError(
      `cannot start gateway ${id}: this machine has no program ${
        noProgram.slice(NO_PROGRAM.length)
      }`,
    );
  }
  const known = launcher.explain({ spec, id, status, seen, tail });
  if (known !== undefined) return known;
  const version = await versionOf(launcher.versionCommand(spec));
  if (version !== undefined && isOlder(version, MIN_DENO_VERSION)) {
    return denoVersionError(id, version);
  }
  const how = status.signal !== null
    ? `was ended by ${status.signal}`
    : `ended with code ${status.code}`;
  return new LaunchError(
    `cannot start gateway ${id}: its process ${how} before it answered${tail}`,
  );
}

const VERSION_TIMEOUT_MS = 5_000;

/** Asked only after a failure, to tell a Deno too old to know our flags. */
async function versionOf(command: readonly [string, ...string[]]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await runProgram(command, {
      signal: AbortSignal.timeout(VERSION_TIMEOUT_MS),
    });
    // Behind a carrier, all that is printed comes out on stderr.
    return /^deno (\d+\.\d+\.\d+\S*)/m.exec(`${stdout}\n${stderr}`)?.[1];
  } catch {
    return undefined;
  }
}

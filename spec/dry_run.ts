/**
 * What would be started for a spec.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { type GatewaySpec, resolveSpec } from "./spec.ts";

/**
 * The command line that {@linkcode makeGateway} would start for a spec: program and arguments, each
 * as it is passed on, without a shell. It starts nothing but what has to be asked first (`ssh -G`,
 * which reads the configuration).
 *
 * It shows all that the spec says, values of `env:` included. `deno=push` is not carried out: the
 * command searches for an installed Deno.
 *
 * @param spec Text such as `ssh=user@host`, or a {@linkcode GatewaySpec}.
 * @throws {SpecError} if the spec is wrong, or does not start a process.
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
  const [{ here }, { withOptions }] = await Promise.all([
    import("../transports/machine/here.ts"),
    import("../transports/start/start.ts"),
  ]);
  const hosting = () => Promise.reject(new SpecError(NO_PROCESS));
  const launch = await withOptions(resolveSpec(spec), { machine: here, hosting });
  const { process } = launch.kind.plan(launch);
  if (process === undefined) throw new SpecError(NO_PROCESS);
  return [...process.command];
}

const NO_PROCESS = "a gateway behind a server is started by no command of this machine";

/**
 * Options for `ssh` besides the user's own: those that a gateway needs in place of what the user's
 * configuration says, and those that it leaves open.
 *
 * @module
 */

import type { Machine } from "../machine/machine.ts";
import { type AddedOptions, configFile, type SshOptions } from "./options.ts";

/**
 * The values that a gateway can do with, by the names in the output of `ssh -G`, and the option that
 * sets one. An older `ssh` refuses some of these options, and so has no other value to tell either.
 */
const NEEDED: readonly [name: string, fitting: RegExp, option: string][] = [
  ["remotecommand", /^none$/, "-oRemoteCommand=none"],
  ["stdinnull", /^no$/, "-oStdinNull=no"],
  ["sessiontype", /^default$/, "-oSessionType=default"],
  // A failure is told apart by what is printed, as the exit code is always the same.
  ["loglevel", /^(?!SILENT|QUIET|FATAL)/, "-oLogLevel=ERROR"],
];

/** `ssh -G` tells this alone if the configuration asks for it, and there is no command. */
const FORKS = /Cannot fork into background/;
const STAY = "-oForkAfterAuthentication=no";

/**
 * Returns the options to add if nothing is known of the user's configuration: those that detect a dead
 * host or link.
 *
 * @param connectTimeout Milliseconds.
 */
export function defaultOptions(connectTimeout: number): AddedOptions {
  return { needed: [], defaults: Object.values(defaultsByName(connectTimeout)) };
}

function defaultsByName(connectTimeout: number): Record<string, string> {
  return {
    connecttimeout: `-oConnectTimeout=${Math.max(1, Math.floor(connectTimeout / 1000) - 1)}`,
    serveraliveinterval: "-oServerAliveInterval=15",
  };
}

/** Returns the options to add to the user's configuration; undefined if it cannot be found out. */
export async function addedOptions(
  options: SshOptions,
  connectTimeout: number,
  machine: Machine,
): Promise<AddedOptions | undefined> {
  // It asks without BatchMode, with which Debian's ssh has an interval of its own.
  const ask = (...first: string[]) => {
    const words = ["-G", "-T", "-oBatchMode=no", ...configFile(options), ...first];
    const command = ["ssh", ...words, ...options.flags, "--", options.host] as const;
    return machine.run({ command }, { timeout: connectTimeout });
  };
  const first: string[] = [];
  let stdout: string, stderr: string;
  try {
    ({ stdout, stderr } = await ask());
    if (FORKS.test(stderr)) {
      first.push(STAY);
      ({ stdout } = await ask(STAY));
    }
  } catch {
    return undefined; // the start itself will report the obstacle
  }
  const set = new Map(stdout.split("\n").map((line) => line.split(" ", 2) as [string, string]));
  const needed = NEEDED.filter(([name, fitting]) => {
    const value = set.get(name);
    return value !== undefined && !fitting.test(value);
  });
  return {
    needed: [...first, ...needed.map(([, , option]) => option)],
    defaults: Object.entries(defaultsByName(connectTimeout))
      .filter(([name]) => ["0", "none", undefined].includes(set.get(name)))
      .map(([, option]) => option),
  };
}

/**
 * Options for `ssh` that the user's configuration leaves open.
 *
 * @module
 */

import type { Machine } from "../machine/machine.ts";
import { configFile, type SshOptions } from "./options.ts";

/**
 * Returns options that detect a dead host or link, by their names in the output of `ssh -G`.
 *
 * @param connectTimeout Milliseconds.
 */
export function defaultOptions(connectTimeout: number): Record<string, string> {
  return {
    connecttimeout: `-oConnectTimeout=${Math.max(1, Math.floor(connectTimeout / 1000) - 1)}`,
    serveraliveinterval: "-oServerAliveInterval=15",
  };
}

/**
 * Returns those of the default options that the user's configuration does not set; undefined if that
 * cannot be found out. It asks without BatchMode, with which Debian's ssh has an interval of its own.
 */
export async function unsetDefaults(
  options: SshOptions,
  connectTimeout: number,
  machine: Machine,
): Promise<string[] | undefined> {
  const words = ["-G", "-T", "-oBatchMode=no", ...configFile(options), ...options.flags];
  const command = ["ssh", ...words, "--", options.host] as const;
  let stdout: string;
  try {
    ({ stdout } = await machine.run({ command }, { timeout: connectTimeout }));
  } catch {
    return undefined; // the start itself will report the obstacle
  }
  const set = new Map(stdout.split("\n").map((line) => line.split(" ", 2) as [string, string]));
  return Object.entries(defaultOptions(connectTimeout))
    .filter(([name]) => ["0", "none", undefined].includes(set.get(name)))
    .map(([, option]) => option);
}

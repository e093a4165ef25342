/**
 * Why a gateway did not start.
 *
 * @module
 */

import { type ExecnetError, LaunchError } from "../../errors.ts";
import { isOlder } from "../../internal/version.ts";
import { MIN_DENO_VERSION } from "../../protocol/constants.ts";
import type { Launch } from "../kind.ts";
import { type Machine, NO_PROGRAM } from "../machine/machine.ts";
import { denoVersionError } from "../program/deno_command.ts";
import type { ExitStatus } from "../transport.ts";
import { misuseOf } from "./misuse.ts";

/** Cuts longer lines in messages: a program that takes its command line for text prints all of it. */
const MAX_SHOWN_CHARACTERS = 300;
const UNKNOWN_FEATURE = /unexpected argument '--unstable-([a-z0-9-]+)'/;
const VERSION_TIMEOUT_MS = 5_000;
/** How Deno begins the line that says what is wrong. */
const DENO_COMPLAINT = /^(?:\W\[[\d;]*m)*error\b/;

/**
 * Returns the error for a process that ended before its handshake, with what to do about it.
 *
 * @param seen The lines that it printed.
 */
export async function launchError(
  launch: Launch,
  id: string,
  status: ExitStatus,
  seen: readonly string[],
  machine: Machine,
): Promise<ExecnetError> {
  const { kind } = launch;
  const tail = seen.length > 0
    ? `; it printed:\n${seen.map((line) => `    ${shortened(line)}`).join("\n")}`
    : "";
  const noProgram = seen.find((line) => line.startsWith(NO_PROGRAM));
  if (noProgram !== undefined) {
    return new LaunchError(
      `cannot start gateway ${id}: ${machine.via ?? "this machine"} has no program ${
        noProgram.slice(NO_PROGRAM.length)
      }`,
    );
  }
  const misuse = misuseOf(seen);
  if (misuse !== undefined) return new LaunchError(`cannot start gateway ${id}: ${misuse}${tail}`);
  const known = kind.explain({ request: launch, id, status, seen, tail });
  if (known !== undefined) return known;
  const { version, silence } = await askVersion(launch, seen, machine);
  if (version !== undefined && isOlder(version, MIN_DENO_VERSION)) {
    return denoVersionError(id, version);
  }
  const how = status.signal !== null
    ? `process was ended by ${status.signal}`
    : status.code !== null
    ? `process ended with code ${status.code}`
    : "connection ended";
  const unknown = seen.map((line) => UNKNOWN_FEATURE.exec(line)?.[1]).find(Boolean);
  const advice = unknown === undefined
    ? "; does a Deno start there, and does what starts it pass on stdin and stdout?"
    : `; its Deno has no unstable feature "${unknown}", which unstable= of its spec, or the deno.json ` +
      "of this process, asks for";
  return new LaunchError(
    `cannot start gateway ${id}: its ${how} before it answered${silence}` +
      (unknown === undefined && tail !== "" ? tail : advice + tail),
  );
}

function shortened(line: string): string {
  return line.length > MAX_SHOWN_CHARACTERS ? `${line.slice(0, MAX_SHOWN_CHARACTERS)}…` : line;
}

/**
 * Asks for the version of a Deno that may be too old to know our flags. On the way to another machine,
 * what complains may not be Deno: a login that was turned away would only fail once more.
 */
async function askVersion(
  launch: Launch,
  seen: readonly string[],
  machine: Machine,
): Promise<{ version?: string; silence: string }> {
  const { kind } = launch;
  const command = kind.versionCommand?.(launch);
  const mayBeDeno = kind.runScript === undefined || seen.length === 0 ||
    seen.some((line) => DENO_COMPLAINT.test(line));
  if (command === undefined || !mayBeDeno) return { silence: "" };
  try {
    const { stdout, stderr, timedOut } = await machine.run(command, {
      timeout: VERSION_TIMEOUT_MS,
    });
    // A start script prints everything on stderr.
    const version = /^deno (\d+\.\d+\.\d+\S*)/m.exec(`${stdout}\n${stderr}`)?.[1];
    if (version !== undefined || !timedOut) return { version, silence: "" };
    return { silence: `, and printed no version within ${VERSION_TIMEOUT_MS / 1000} s` };
  } catch {
    return { silence: "" };
  }
}

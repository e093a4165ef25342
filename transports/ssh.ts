/**
 * Gateways on other machines, by the system's OpenSSH client.
 *
 * @module
 */

import { AuthenticationError, HostKeyError, HostNotFoundError, LaunchError } from "../errors.ts";
import { denoCommand } from "./program/deno_command.ts";
import { explainFarScript, farScript, forAnyShell } from "./start_script.ts";
import type { LaunchPlan } from "./machine/plan.ts";
import { type Launcher, type LaunchFailure, TransientLaunchError } from "./kind.ts";
import type { Machine } from "./machine/machine.ts";
import type { ResolvedSpec } from "../spec/spec.ts";
import { parseSsh } from "./ssh/options.ts";

/** What `ssh` ends with where it, and not the remote command, has failed. */
const SSH_FAILED = 255;

/**
 * What asks for a password is answered by a program that fails, also where a jump host asks, for
 * whom BatchMode does not hold.
 */
const NEVER_ASK = { SSH_ASKPASS: "false", SSH_ASKPASS_REQUIRE: "force" };

/** The launcher of `ssh`. */
export const ssh: Launcher = {
  plan(spec) {
    return carry(spec, farScript(spec, denoCommand(spec)));
  },

  carry,

  async prepare(spec, machine) {
    return { ...spec, sshDefaults: await unsetDefaults(spec, machine) };
  },

  startLimit(spec) {
    return { key: parseSsh(valueOf(spec)).host, max: MAX_LOGINS };
  },

  explain(failure) {
    return explainSsh(failure) ?? explainFarScript(failure);
  },

  versionCommand(spec) {
    return carry(spec, farScript(spec, ["--version"])).command;
  },
};

/** sshd begins to turn away logins when 10 are under way (`MaxStartups 10:30:100`). */
const MAX_LOGINS = 8;
/** What `ssh` says when sshd turned it away for that. */
const TRANSIENT =
  /^(kex_exchange_identification|ssh_exchange_identification|banner exchange): |Not allowed at this time/m;

function carry(spec: ResolvedSpec, script: string, compressed = false): LaunchPlan {
  const { options, host } = parseSsh(valueOf(spec));
  const command = [
    "-T",
    "-oBatchMode=yes",
    ...configuration(spec),
    ...options,
    // Of an option that is given twice, ssh takes the first: these are after the user's.
    ...(spec.sshDefaults ?? Object.values(defaults(spec))),
    ...(compressed ? ["-oCompression=yes"] : []),
    "--",
    host,
    forAnyShell(script),
  ];
  return { kind: "process", command: ["ssh", ...command], env: NEVER_ASK, lostCode: SSH_FAILED };
}

/** Options that notice a dead host or link, by their names in the output of `ssh -G`. */
function defaults({ connectTimeout }: ResolvedSpec): Record<string, string> {
  return {
    connecttimeout: `-oConnectTimeout=${Math.max(1, Math.floor(connectTimeout / 1000) - 1)}`,
    serveraliveinterval: "-oServerAliveInterval=15",
  };
}

/**
 * Those of the defaults that the user's configuration says nothing of. With BatchMode, Debian's ssh has
 * an interval of its own.
 */
async function unsetDefaults(spec: ResolvedSpec, machine: Machine): Promise<string[] | undefined> {
  const { options, host } = parseSsh(valueOf(spec));
  const command = [
    "ssh",
    "-G",
    "-T",
    "-oBatchMode=no",
    ...configuration(spec),
    ...options,
    "--",
    host,
  ] as const;
  let stdout: string;
  try {
    ({ stdout } = await machine.run(command, {
      signal: AbortSignal.timeout(spec.connectTimeout),
    }));
  } catch {
    return undefined; // what stands in the way, the real start will tell
  }
  const set = new Map(stdout.split("\n").map((line) => line.split(" ", 2) as [string, string]));
  return Object.entries(defaults(spec))
    .filter(([name]) => ["0", "none", undefined].includes(set.get(name)))
    .map(([, option]) => option);
}

function configuration({ ssh_config }: ResolvedSpec): string[] {
  return ssh_config === undefined ? [] : ["-F", ssh_config];
}

function valueOf({ transport }: ResolvedSpec): string {
  return transport.kind === "popen" ? "" : transport.value;
}

/** What ssh's own messages mean: its exit code is the same for all of them. */
function explainSsh({ spec, id, seen, tail }: LaunchFailure): LaunchError | undefined {
  const { host } = parseSsh(valueOf(spec));
  const text = seen.join("\n");
  const start = `cannot start gateway ${id} on ${host}: `;
  const known = FAILURES.find(({ pattern }) => pattern.test(text));
  return known && new known.error(start + known.say(host) + tail);
}

interface Failure {
  pattern: RegExp;
  error: typeof LaunchError;
  say(host: string): string;
}

const FAILURES: readonly Failure[] = [
  {
    pattern: /^ssh: Could not resolve hostname /m,
    error: HostNotFoundError,
    say: () =>
      `its name cannot be resolved; check the spelling, or give it a HostName in ` +
      `your ssh configuration`,
  },
  {
    pattern: /^(Host key verification failed\.|No .+ host key is known for )/m,
    error: HostKeyError,
    say: (host) =>
      `its host key is unknown, or not the one on record; if you trust it, run \`ssh ${host}\` once ` +
      `by hand to accept the key, or \`ssh-keygen -R\` to forget the old one`,
  },
  {
    pattern: /: Permission denied \(|Too many authentication failures|No supported authentication/,
    error: AuthenticationError,
    say: (host) =>
      `it did not accept this user's keys, and a password is never asked for; see that ` +
      `\`ssh -oBatchMode=yes ${host} true\` works (user, key, agent)`,
  },
  {
    pattern: /^ssh: connect to host .+: Connection refused/m,
    error: LaunchError,
    say: () => `the connection was refused: is sshd running there, on that port?`,
  },
  {
    pattern:
      /^ssh: connect to host .+ (timed out|unreachable|No route to host)|Connection timed out/m,
    error: LaunchError,
    say: () =>
      `the connection timed out, or there is no way there; if the host is slow, raise ` +
      `connectTimeout`,
  },
  {
    pattern: TRANSIENT,
    error: TransientLaunchError,
    say: () =>
      `it turned the login away; with many logins at once, raise MaxStartups in its ` +
      `sshd_config`,
  },
];

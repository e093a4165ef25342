/**
 * What the messages of `ssh` mean: its exit code is the same for all failures.
 *
 * @module
 */

import { AuthenticationError, HostKeyError, HostNotFoundError, LaunchError } from "../../errors.ts";
import { type LaunchFailure, TransientLaunchError } from "../kind.ts";
import type { SshOptions } from "./options.ts";

/** Returns the error that says what to do; undefined for a message that is not known. */
export function explainSsh(
  { request: { options: { host } }, id, seen, tail }: LaunchFailure<SshOptions>,
): LaunchError | undefined {
  const text = seen.join("\n");
  const known = FAILURES.find(({ pattern }) => pattern.test(text));
  if (known === undefined) return undefined;
  return new known.error(`cannot start gateway ${id} on ${host}: ${known.say(host)}${tail}`);
}

interface Failure {
  pattern: RegExp;
  error: typeof LaunchError;
  say(host: string): string;
}

/** What `ssh` prints when sshd has turned it away because of many logins at once. */
const TURNED_AWAY =
  /^(kex_exchange_identification|ssh_exchange_identification|banner exchange): |Not allowed at this time/m;

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
    pattern: TURNED_AWAY,
    error: TransientLaunchError,
    say: () =>
      `it turned the login away; with many logins at once, raise MaxStartups in its ` +
      `sshd_config`,
  },
];

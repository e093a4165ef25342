/**
 * What the messages of `ssh` mean: its exit code is the same for all failures.
 *
 * @module
 */

import { AuthenticationError, HostKeyError, HostNotFoundError, LaunchError } from "../../errors.ts";
import { type LaunchFailure, thatMayPass } from "../kind.ts";
import type { SshOptions } from "./options.ts";

/** What `ssh` prints when sshd has turned it away because of many logins at once. */
const TURNED_AWAY =
  /^(kex_exchange_identification|ssh_exchange_identification|banner exchange): |Not allowed at this time/m;

/** Returns the error that says what to do; undefined for a message that is not known. */
export function explainSsh(
  { request: { options: { host } }, id, seen, tail }: LaunchFailure<SshOptions>,
): LaunchError | undefined {
  const text = seen.join("\n");
  for (const { pattern, error: Kind, say, mayPass } of FAILURES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const error = new Kind(`cannot start gateway ${id} on ${host}: ${say(host, match[1])}${tail}`);
    return mayPass ? thatMayPass(error) : error;
  }
  return undefined;
}

/** A dropbear server closes the connection at a longer command (`MAX_CMD_LEN`). */
const DROPBEAR_COMMAND_BYTES = 9_000;
const CLOSED = /Broken pipe|closed by remote host|Connection reset/;

/** Explains the end of a connection whose command may have been too long for the server. */
export function explainLength(
  { request: { options: { host } }, id, seen, tail }: LaunchFailure<SshOptions>,
  command: string,
): LaunchError | undefined {
  const { length } = command;
  if (length <= DROPBEAR_COMMAND_BYTES || !CLOSED.test(seen.join("\n"))) return undefined;
  return new LaunchError(
    `cannot start gateway ${id} on ${host}: its server closed the connection when it got a command ` +
      `line of ${length} bytes; dropbear takes ${DROPBEAR_COMMAND_BYTES} at most; grants and environment ` +
      `are part of it: grant a directory rather than its files, and send large values as args${tail}`,
  );
}

interface Failure {
  readonly pattern: RegExp;
  readonly error: typeof LaunchError;
  /** @param group What the first group of the pattern has matched. */
  say(host: string, group: string): string;
  /** Whether to try again. */
  readonly mayPass?: true;
}

/** In their order: what `ssh` says of a jump host comes before what it makes of that itself. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /^ssh: Could not resolve hostname (.+): /m,
    error: HostNotFoundError,
    say: (_, name) =>
      `the name ${name} cannot be resolved; check the spelling, or give it a HostName in ` +
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
    pattern: /^ssh: connect to host (.+): Connection refused/m,
    error: LaunchError,
    say: (_, address) =>
      `the connection to ${address} was refused: is sshd running there, on that port?`,
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
    pattern: /^channel \d+: open failed: connect failed: (Name or service not known|.*resol.*)/m,
    error: HostNotFoundError,
    say: () => `its jump host cannot resolve its name; check HostName in your ssh configuration`,
  },
  {
    pattern: /^channel \d+: open failed: connect failed: (.*)/m,
    error: LaunchError,
    say: (_, why) => `its jump host cannot reach it (${why}): is sshd running there, on that port?`,
  },
  {
    pattern: /^channel \d+: open failed: (administratively prohibited|.*)/m,
    error: LaunchError,
    say: (_, why) =>
      `its jump host passes no connection on (${why}); see AllowTcpForwarding and PermitOpen in the ` +
      `sshd_config there, or start a gateway on the jump host and name it by via=`,
  },
  {
    pattern: /^banner exchange: .*: (invalid format|could not read protocol version)/m,
    error: LaunchError,
    say: () => `what answers there is no sshd: is that its port?`,
  },
  {
    pattern: /: (not found|No such file or directory|Permission denied)\n(.*\n)*.* UNKNOWN port /,
    error: LaunchError,
    say: () => `its ProxyCommand cannot be run`,
  },
  {
    pattern: /^proxy dialer did not pass back a connection| UNKNOWN port /m,
    error: LaunchError,
    say: (host) =>
      `what it is reached through (ProxyCommand, ProxyJump) has ended the connection; see that ` +
      `\`ssh ${host} true\` works`,
    mayPass: true,
  },
  {
    pattern: TURNED_AWAY,
    error: LaunchError,
    say: () =>
      `the connection was closed before the login: is that the port of its sshd? With many ` +
      `logins at once, raise MaxStartups in its sshd_config`,
    mayPass: true,
  },
];

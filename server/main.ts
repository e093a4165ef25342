/**
 * The server as a program.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { ExecnetError } from "../errors.ts";
import { defined } from "../internal/defined.ts";
import { messageOf } from "../internal/errors.ts";
import { parsePermissions } from "../permissions/permissions.ts";
import { parseAddress } from "../transports/tcp/address.ts";
import type { ServeOptions } from "./options.ts";
import { serve, type Server } from "./server.ts";

const USAGE = `Starts gateways for clients that know its token.

usage: serve [host:]port [options] [-- permission flags]

  [host:]port            where to listen; the default host is 127.0.0.1
  --token-file=path      the token; created if it is not there
                         (default: ~/.config/execnet/token)
  --tls-cert=path        TLS: certificate chain, in PEM
  --tls-key=path         TLS: private key, in PEM
  --insecure             listen elsewhere than on this machine without TLS
  --max-sessions=n       sessions at once (default: 32)
  --session-timeout=s    seconds after which a session is ended (default: never)
  --client-timeout=s     seconds without a sign of life of its client after which
                         a session is ended (default: 50)
  --once                 end after the first session
  --help                 show this

permission flags: what sessions may do at most, as deno run takes them, for example
  -- --allow-read=/data --allow-net=example.com --deny-read=/data/keys
  Without any, sessions may compute, and nothing else.
  Clients may set the variables that --allow-env=NAME,… names, TZ, LANG and LC_*.
  --unstable-kv and the like allow sessions to ask for unstable features.`;

const TEXT_OPTIONS = [
  "token-file",
  "tls-cert",
  "tls-key",
  "max-sessions",
  "session-timeout",
  "client-timeout",
];
const SWITCHES = ["insecure", "once", "help"];
const SHORT_FLAGS: Readonly<Record<string, string>> = {
  "-A": "--allow-all",
  "-R": "--allow-read",
  "-W": "--allow-write",
  "-N": "--allow-net",
  "-E": "--allow-env",
  "-S": "--allow-sys",
  "-I": "--allow-import",
};
const EXIT_USAGE = 2;
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** An error in the command line. */
class UsageError extends Error {}

/** Runs the server. SIGTERM and SIGINT drain it and end it; a second one ends it at once. */
export async function main(args: string[]): Promise<void> {
  try {
    const options = readArguments(args);
    if (options === undefined) return console.log(USAGE);
    await run(options);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`);
      Deno.exitCode = EXIT_USAGE;
    } else if (
      error instanceof ExecnetError || error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.AddrInUse
    ) {
      console.error(`cannot start the server: ${error.message}`);
      Deno.exitCode = 1;
    } else throw error;
  }
}

async function run(options: ServeOptions): Promise<void> {
  let timeout: number | undefined;
  const end = () => {
    server.shutdown({ timeout });
    timeout = 0;
  };
  // First of all: whoever reads that the server listens may send a signal at once.
  for (const signal of SIGNALS) Deno.addSignalListener(signal, end);
  let server: Server;
  try {
    server = serve(options);
    await server.finished;
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, end);
  }
}

/**
 * Parses a command line. Returns undefined if it asks for help.
 *
 * @throws {UsageError} if it is wrong.
 */
export function readArguments(args: string[]): ServeOptions | undefined {
  const given: string[] = [];
  const parsed: Record<string, unknown> & { _: (string | number)[]; "--"?: string[] } = parseArgs(
    args,
    {
      "--": true,
      string: ["_", ...TEXT_OPTIONS],
      boolean: SWITCHES,
      unknown: (name: string, key?: string) => {
        // Its value may be a secret.
        if (key !== undefined) given.push(name.replace(/=.*/s, ""));
        return key === undefined;
      },
    },
  );
  if (parsed.help === true) return undefined;
  const [unknown] = given;
  if (unknown !== undefined) {
    if (/^-(-allow-|-deny-|[ARWNESI]\b)/.test(unknown)) {
      throw new UsageError(`"${unknown}" is a permission flag: those come after "--"`);
    }
    const near = closestString(unknown, [...TEXT_OPTIONS, ...SWITCHES].map((name) => `--${name}`));
    throw new UsageError(`there is no option "${unknown}"; did you mean "${near}"?`);
  }
  const [address, ...more] = parsed._.map(String);
  if (address === undefined || more.length > 0) {
    throw new UsageError(`one address is needed, as [host:]port; there ${seen(more.length)}`);
  }
  const where = parseAddress(address, "127.0.0.1");
  if (where === undefined) {
    throw new UsageError(`"${address}" is no [host:]port; IPv6 is written as [::1]:8888`);
  }
  const text = (name: string) => textOption(name, parsed[name]);
  const keyFile = text("tls-key");
  return {
    ...where,
    ...ceilingOptions(parsed["--"] ?? []),
    ...defined({
      tokenFile: text("token-file"),
      cert: readPem("tls-cert", text("tls-cert")),
      key: readPem("tls-key", keyFile),
      secretFiles: keyFile === undefined ? undefined : [keyFile],
      maxSessions: numberOption("max-sessions", text("max-sessions")),
      sessionTimeout: numberOption("session-timeout", text("session-timeout")),
      clientTimeout: numberOption("client-timeout", text("client-timeout")),
    }),
    insecure: parsed.insecure === true,
    once: parsed.once === true,
  };
}

function seen(more: number): string {
  return more === 0 ? "is none" : `are ${more + 1}`;
}

function textOption(name: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new UsageError(`the option --${name} needs one value: --${name}=…`);
}

function numberOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`the option --${name} is a number above 0, not "${value}"`);
}

function readPem(name: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    throw new UsageError(
      `cannot read --${name}=${path}: ${messageOf(error)}`,
    );
  }
}

function ceilingOptions(flags: readonly string[]): ServeOptions {
  const allow: [string, unknown][] = [];
  const deny: [string, unknown][] = [];
  const unstable: string[] = [];
  let all = false;
  for (const flag of flags) {
    const long = flag.replace(/^-[A-Z](?==|$)/, (short) => SHORT_FLAGS[short] ?? short);
    const [, feature] = /^--unstable-([a-z][a-z0-9-]*)$/.exec(long) ?? [];
    if (feature !== undefined) {
      unstable.push(feature);
      continue;
    }
    const [, way, kind, value] = /^--(allow|deny)-([a-z]+)(?:=(.*))?$/s.exec(long) ?? [];
    if (way === "allow" && kind === "all" && value === undefined) all = true;
    else if (way === "allow") allow.push([`allow-${kind}`, value ?? true]);
    else if (way === "deny") deny.push([`deny-${kind}`, value ?? true]);
    else throw new UsageError(`"${flag}" is no permission flag of deno run`);
  }
  // Beside it, --allow-env=… names the variables that clients may set.
  const [more] = all ? allow.filter(([key, value]) => key !== "allow-env" || value === true) : [];
  if (more !== undefined) {
    throw new UsageError(`--allow-all grants everything: leave out --${more[0]}`);
  }
  try {
    return {
      permissions: parsePermissions(allow, "allow"),
      deny: parsePermissions(deny, "deny"),
      "allow-all": all,
      unstable,
    };
  } catch (error) {
    if (error instanceof ExecnetError) throw new UsageError(error.message);
    throw error;
  }
}

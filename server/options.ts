/**
 * The options of a server.
 *
 * @module
 */

import type { SecureContext } from "node:tls";
import { closestString } from "@std/text/closest-string";
import {
  ANYTHING,
  BOOLEAN,
  checkOptions,
  FUNCTION,
  type OptionRule,
  type OptionRules,
  SIGNAL,
  TEXT,
} from "../internal/arguments.ts";
import { MAX_TIMER_MS } from "../internal/wait.ts";
import { LaunchError, SpecError } from "../errors.ts";
import { messageOf } from "../internal/errors.ts";
import {
  parsePermissions,
  type PermissionSet,
  permissionsOfObject,
} from "../permissions/permissions.ts";
import { isLoopback } from "../transports/tcp/address.ts";
import { escapeEvent, printEvent, type ServerLog } from "./log.ts";
import { openToken } from "./token.ts";
import { type Ceiling, ceilingOf } from "./ceiling.ts";
import { certificateHash } from "./certificate.ts";
import type { TokenKey } from "../protocol/auth.ts";
import { secureContext } from "./tls_wire.ts";

/** Options of {@linkcode serve}. */
export interface ServeOptions {
  /** The address to listen on; default `"127.0.0.1"`. Others than this machine's own need TLS. */
  hostname?: string;
  /** The port; default 0: any that is free, see {@linkcode Server.address}. */
  port?: number;
  /**
   * The most that sessions may do, as in a spec; default: nothing. Names in a list of `env` are also the
   * variables that clients may set, beside `TZ`, `LANG` and `LC_*`.
   */
  permissions?: PermissionSet;
  /** Exceptions from that. */
  deny?: PermissionSet;
  /** Sessions may do anything that the user of this process may. */
  "allow-all"?: boolean;
  /** Unstable features of Deno that sessions may ask for, such as `["kv"]`; default: none. */
  unstable?: readonly string[];
  /** The token, at least 32 characters; default: the one in `tokenFile`. */
  token?: string;
  /**
   * The file that holds the token. If there is none, it is created, readable by its owner alone, with a
   * token of 256 random bits. No session may read or write it. Default: `execnet/token` in the user's
   * configuration directory.
   */
  tokenFile?: string;
  /** TLS: certificate chain in PEM, the server's own first. */
  cert?: string;
  /** TLS: private key in PEM. */
  key?: string;
  /** Files besides the token's that no session may read or write, such as that of `key`. */
  secretFiles?: readonly string[];
  /** Allows other addresses than this machine's own without TLS. */
  insecure?: boolean;
  /** How many sessions run at once; default 32. */
  maxSessions?: number;
  /** Seconds after which a session is ended, 2,147,483 (24 days) at most; default: never. */
  sessionTimeout?: number;
  /**
   * Seconds without a sign of life of its client after which a session is ended; default 50. A client
   * gives one each 15 s, unless it is stopped or busy, or its link is dead.
   */
  clientTimeout?: number;
  /** Ends after the first session. */
  once?: boolean;
  /** Milliseconds that a connection may take to authenticate; default 5,000. */
  handshakeTimeout?: number;
  /**
   * Connections that may be authenticating at once; default 512. With more, the host that has the most
   * loses its oldest. Clients that have proven the token have as many places of their own.
   */
  maxHalfOpen?: number;
  /** Called with each event; default: prints it on stderr as a line of JSON. */
  log?: ServerLog;
  /** Shuts the server down when aborted. */
  signal?: AbortSignal;
}

/** Options that were checked, with the defaults filled in. */
export interface ServerConfig {
  hostname: string;
  port: number;
  key: TokenKey;
  ceiling: Ceiling;
  tls: { context: SecureContext; certificate: Promise<Uint8Array> } | undefined;
  maxSessions: number;
  /** Milliseconds. */
  sessionTimeout: number | undefined;
  /** Milliseconds. */
  clientTimeout: number;
  once: boolean;
  handshakeTimeout: number;
  maxHalfOpen: number;
  log: ServerLog;
  signal: AbortSignal | undefined;
  /** What the operator should know about the options. */
  warnings: readonly string[];
}

const FEATURES: OptionRule = {
  wanted: 'a list of features such as ["kv"]',
  isRight: (value) => Array.isArray(value) && value.every((name) => /^[a-z][a-z0-9-]*$/.test(name)),
};

const FILES: OptionRule = {
  wanted: "a list of paths",
  isRight: (value) => Array.isArray(value) && value.every(TEXT.isRight),
};

/** Numbers, permissions and the token's file are checked where they are used, with more helpful errors. */
const SERVE_OPTIONS: OptionRules<ServeOptions> = {
  hostname: TEXT,
  port: ANYTHING,
  permissions: ANYTHING,
  deny: ANYTHING,
  "allow-all": BOOLEAN,
  unstable: FEATURES,
  token: TEXT,
  tokenFile: TEXT,
  cert: TEXT,
  key: TEXT,
  secretFiles: FILES,
  insecure: BOOLEAN,
  maxSessions: ANYTHING,
  sessionTimeout: ANYTHING,
  clientTimeout: ANYTHING,
  once: BOOLEAN,
  handshakeTimeout: ANYTHING,
  maxHalfOpen: ANYTHING,
  log: FUNCTION,
  signal: SIGNAL,
};

const DEFAULT_SESSIONS = 32;
const DEFAULT_CLIENT_SECONDS = 50;
const DEFAULT_HANDSHAKE_MS = 5_000;
const DEFAULT_HALF_OPEN = 512;

/**
 * Checks the options, and reads or creates the token.
 *
 * @throws {SpecError} if one is wrong.
 * @throws {TypeError} if one is unknown, or of a wrong type.
 */
export function resolveOptions(given: ServeOptions): ServerConfig {
  checkOptions("serve", given, SERVE_OPTIONS, closestString);
  // Without a prototype: a polluted `Object.prototype` must not set options.
  const options: ServeOptions = Object.assign(Object.create(null), given);
  const { hostname = "127.0.0.1", port = 0, cert, key, log = printEvent } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SpecError(`a port is a whole number from 0 to 65535, not ${port}`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new SpecError("TLS needs both a certificate and its key");
  }
  const tls = cert === undefined || key === undefined
    ? undefined
    : { certificate: certificateHash(cert), context: contextOf(cert, key) };
  if (!isLoopback(hostname) && tls === undefined && options.insecure !== true) {
    throw new SpecError(
      `refusing to listen on ${hostname} without TLS: anybody on the network path could read and ` +
        `change the traffic of sessions, and take them over once they are authenticated. Give a ` +
        `certificate and its key, listen on 127.0.0.1 behind an ssh tunnel, or set "insecure" if you ` +
        `trust the network`,
    );
  }
  const token = openToken(options);
  const secretFiles = [...token.files, ...options.secretFiles ?? []];
  const permissions = {
    all: options["allow-all"] === true,
    allow: parsePermissions(permissionsOfObject("permissions", options.permissions), "allow"),
    deny: parsePermissions(permissionsOfObject("deny", options.deny), "deny"),
  };
  const ceiling = ceilingOf(permissions, secretFiles, workingDirectory(), options.unstable);
  return {
    hostname,
    port,
    key: token.key,
    ceiling,
    tls,
    maxSessions: whole("maxSessions", options.maxSessions ?? DEFAULT_SESSIONS),
    sessionTimeout: options.sessionTimeout === undefined
      ? undefined
      : seconds("sessionTimeout", options.sessionTimeout) * 1000,
    clientTimeout: seconds("clientTimeout", options.clientTimeout ?? DEFAULT_CLIENT_SECONDS) * 1000,
    once: options.once === true,
    handshakeTimeout: whole(
      "handshakeTimeout",
      options.handshakeTimeout ?? DEFAULT_HANDSHAKE_MS,
      MAX_TIMER_MS,
    ),
    maxHalfOpen: whole("maxHalfOpen", options.maxHalfOpen ?? DEFAULT_HALF_OPEN),
    log: (event) => log(escapeEvent(event)),
    signal: options.signal,
    warnings: [...token.warnings, ...ceilingWarnings(ceiling)],
  };
}

function contextOf(cert: string, key: string): SecureContext {
  try {
    return secureContext(cert, key);
  } catch (cause) {
    if (cause instanceof LaunchError) throw cause;
    throw new SpecError(`TLS cannot use this certificate and key: ${messageOf(cause)}`);
  }
}

function ceilingWarnings({ permissions: { all, allow } }: Ceiling): string[] {
  const warnings: string[] = [];
  if (all || Object.hasOwn(allow, "run") || Object.hasOwn(allow, "ffi")) {
    warnings.push(
      "sessions may run programs or native code, to which Deno's permissions do not apply: they can " +
        "do all that the user of this server can, such as read its token",
    );
  } else if (Object.hasOwn(allow, "write")) {
    warnings.push(
      "sessions may write: keep the token outside of what they may write, because moving a directory " +
        "moves the files in it",
    );
  }
  return warnings;
}

function whole(name: string, value: number, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && value > 0 && value <= most) return value;
  const bound = most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : "";
  throw new SpecError(`${name} is a whole number above 0${bound}, not ${value}`);
}

/** A longer timer would fire at once. */
const MOST_SECONDS = Math.floor(MAX_TIMER_MS / 1000);

function seconds(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0 && value <= MOST_SECONDS) return value;
  throw new SpecError(`${name} is a number above 0 and at most ${MOST_SECONDS}, not ${value}`);
}

function workingDirectory(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}

/**
 * Specs: where and how a gateway is started, as text or as an object.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import type { OutputHandler } from "./output.ts";
import { ENV_PREFIX, SpecEntries, type SpecKeys } from "./entries.ts";
import { TCP_KEYS, type TcpSpec, tcpSpecOf } from "../transports/tcp/keys.ts";
import {
  parsePermissions,
  PERMISSION_KINDS,
  type PermissionKind,
  type Permissions,
  type PermissionSet,
  permissionsOfObject,
  type PermissionValue,
  type PermissionWay,
  specKey,
} from "../permissions/permissions.ts";

/** Permissions as the keys of text have them, such as `"allow-read": ["/data"]`, or `"/a,/b"`. */
export type PermissionKeys = {
  readonly [Key in `${"allow" | "deny"}-${PermissionKind}`]?: PermissionValue | string;
};

/** Where a gateway's output goes. */
export type Output = "inherit" | "null" | OutputHandler;

/**
 * A gateway's spec as an object: the keys of the text form, and some that text has no form for.
 * Exactly one of `popen`, `ssh`, `tcp`, `socket` and `command` is needed.
 *
 * @example
 * ```ts
 * import { type GatewaySpec, makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const spec: GatewaySpec = { popen: true, permissions: { env: ["LANG"] }, env: { LANG: "C" } };
 * await using gw = await makeGateway(spec);
 * assertEquals(await gw.call(() => Deno.env.get("LANG")), "C");
 * ```
 */
export interface GatewaySpec extends PermissionKeys {
  /** A process on this machine. */
  popen?: boolean;
  /** A host, as `ssh` takes it: `[options] [user@]host`. */
  ssh?: string;
  /** A server: `host:port`. */
  tcp?: string;
  /** The same as `tcp`. */
  socket?: string;
  /** With `tcp`: the server's token. It is not in the `spec` of the gateway. */
  token?: string;
  /** With `tcp`: a file that holds the token; default: the one in which a server keeps it. */
  token_file?: string;
  /** With `tcp`: talk TLS, and trust the certificates of the system. */
  tls?: boolean;
  /** With `tcp`: talk TLS, and trust the certificates in this PEM file. */
  ca?: string;
  /**
   * With `tcp`: id of the gateway that starts a server for this one session there, at `host:port` or
   * at a port of 127.0.0.1; port 0 is any that is free. Its token is a new one.
   */
  installvia?: string;
  /** With `installvia`: the server may listen elsewhere than on its own machine, without TLS. */
  insecure?: boolean;
  /** Any command that carries stdin and stdout to where it starts what follows it. */
  command?: string;
  /** Name in its group; default `gw0`, `gw1`, … */
  id?: string;
  /**
   * The `deno` to start; default: the one that runs this, and elsewhere one that is found there.
   * `"push"` (with `ssh` and `command`) copies this one there, where there is none.
   */
  deno?: string;
  /** Working directory; default: this process's, or where a login or a command begins. */
  chdir?: string;
  /** Added to its niceness, -20 to 19; default 0. */
  nice?: number;
  /** Environment variables besides the inherited ones. */
  env?: Readonly<Record<string, string>>;
  /** Where executions run; default `"main"`. */
  execmodel?: "main" | "process";
  /** Id of the gateway that starts this one, or connects to its server. */
  via?: string;
  /** A configuration file for `ssh`. */
  ssh_config?: string;
  /** Milliseconds from launch to handshake; default 30,000. */
  connectTimeout?: number;
  /**
   * Seconds, 1 to 86,400: a gateway from which nothing has come for so long, although it was asked
   * for a sign of life, is ended. One that is busy in a loop gives none either. Default: not asked.
   */
  heartbeat?: number;
  /** What it may do; default: nothing. */
  permissions?: PermissionSet;
  /** What is denied of that. */
  deny?: PermissionSet;
  /** Everything is allowed. */
  "allow-all"?: boolean;
  /** Where its output goes; default `"inherit"`: to stderr, each line as `[id] line`. */
  output?: Output;
  /** One environment variable, as in text. */
  readonly [key: `env:${string}`]: string | undefined;
}

/** A spec that was checked, with the defaults filled in. */
export interface ResolvedSpec {
  transport: { kind: "popen" } | { kind: "ssh" | "tcp" | "command"; value: string };
  id?: string;
  deno?: string;
  chdir?: string;
  nice?: number;
  env: Readonly<Record<string, string>>;
  execmodel: "main" | "process";
  via?: string;
  ssh_config?: string;
  /** Options for `ssh` that the user's configuration does not set; found before a start. */
  sshDefaults?: readonly string[];
  /** By what a process is known at the far side, to be ended there; made before each start. */
  mark?: string;
  /** With `tcp`. */
  tcp?: TcpSpec;
  connectTimeout: number;
  heartbeat?: number;
  permissions: Permissions;
  output: Output;
}

const TRANSPORT_KEYS = ["popen", "ssh", "tcp", "socket", "command"] as const;
const TEXT_KEYS = ["id", "deno", "chdir", "via", "ssh_config"] as const;
const KEYS: SpecKeys = {
  common: [
    ...TRANSPORT_KEYS,
    ...TEXT_KEYS,
    ...TCP_KEYS,
    "nice",
    "execmodel",
    "connectTimeout",
    "heartbeat",
    "allow-all",
    ...PERMISSION_KINDS.flatMap((kind) => [`allow-${kind}`, `deny-${kind}`]),
  ],
  ofObjects: ["env", "permissions", "deny", "output"],
};
const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;

/**
 * Checks a spec.
 *
 * @throws {SpecError} on an unknown or doubled key, or a value that its key cannot have.
 */
export function resolveSpec(spec: string | GatewaySpec): ResolvedSpec {
  const entries = new SpecEntries(spec, KEYS);
  const known: ResolvedSpec = {
    transport: transportOf(entries),
    env: environmentOf(entries),
    execmodel: entries.oneOf("execmodel", ["main", "process"]) ?? "main",
    connectTimeout: entries.number("connectTimeout", 1, 2 ** 31 - 1) ??
      DEFAULT_CONNECT_TIMEOUT_MS,
    permissions: permissionsOf(entries),
    output: outputOf(entries),
  };
  const resolved = withPermissions(known, known.permissions);
  for (const key of TEXT_KEYS) {
    const value = entries.text(key);
    if (value !== undefined) resolved[key] = value;
  }
  if (resolved.ssh_config !== undefined && resolved.transport.kind !== "ssh") {
    throw new SpecError(`the key "ssh_config" goes with "ssh" alone`);
  }
  const { kind } = resolved.transport;
  if (resolved.deno === "push" && kind !== "ssh" && kind !== "command") {
    throw new SpecError(`deno=push goes with "ssh" and "command" alone; "${kind}" needs a path`);
  }
  const heartbeat = entries.number("heartbeat", 1, 86_400);
  if (heartbeat !== undefined) resolved.heartbeat = heartbeat;
  const { transport } = resolved;
  const tcp = tcpSpecOf(entries, transport.kind === "tcp" ? transport.value : undefined);
  if (tcp !== undefined) resolved.tcp = tcp;
  const nice = entries.number("nice", -20, 19);
  if (nice !== undefined) resolved.nice = nice;
  return resolved;
}

/** A spec with other permissions. */
export function withPermissions(spec: ResolvedSpec, permissions: Permissions): ResolvedSpec {
  // Without a prototype: a polluted `Object.prototype.deno` must not be what is run.
  return Object.assign(Object.create(null), spec, { permissions });
}

function transportOf(entries: SpecEntries): ResolvedSpec["transport"] {
  const given = TRANSPORT_KEYS.filter((key) => entries.has(key));
  const [key] = given;
  if (key === undefined || given.length > 1) {
    const seen = key === undefined
      ? "none; add popen for a process on this machine"
      : given.join(" and ");
    throw new SpecError(
      `a spec needs exactly one of ${TRANSPORT_KEYS.join(", ")}; this one has ${seen}`,
    );
  }
  if (key === "popen") {
    entries.flag(key);
    return { kind: "popen" };
  }
  return { kind: key === "socket" ? "tcp" : key, value: entries.text(key) as string };
}

function environmentOf(entries: SpecEntries): Record<string, string> {
  const given = entries.get("env") ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new SpecError(`the key "env" is an object such as { LANG: "C" }`);
  }
  const env: Record<string, string> = { ...given };
  for (const key of entries.keys) {
    if (!key.startsWith(ENV_PREFIX)) continue;
    const name = key.slice(ENV_PREFIX.length);
    if (Object.hasOwn(env, name)) {
      throw new SpecError(`the environment variable "${name}" is set twice`);
    }
    const value = entries.get(key);
    if (typeof value !== "string") throw new SpecError(`the key "${key}" needs a value`);
    env[name] = value;
  }
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== "string") {
      throw new SpecError(`the environment variable "${name}" is text, not a ${typeof value}`);
    }
    if (!/^[^=\0]+$/.test(name) || value.includes("\0")) {
      throw new SpecError(`the environment variable "${name}" cannot have that name and value`);
    }
  }
  return env;
}

function outputOf(entries: SpecEntries): Output {
  const output = entries.has("output") ? entries.get("output") : "inherit";
  if (output === "inherit" || output === "null" || typeof output === "function") {
    return output as Output;
  }
  throw new SpecError(
    `the key "output" is "inherit", "null" or a function, not ${Deno.inspect(output)}`,
  );
}

function permissionsOf(entries: SpecEntries): Permissions {
  const allow = permissionSetOf(entries, "permissions", "allow");
  const deny = permissionSetOf(entries, "deny", "deny");
  const all = entries.flag("allow-all");
  if (all && Object.keys(allow).length > 0) {
    throw new SpecError(
      `the key "allow-all" grants everything: leave out ${Object.keys(allow).join(", ")}`,
    );
  }
  return { all, allow, deny };
}

function permissionSetOf(
  entries: SpecEntries,
  objectKey: string,
  way: PermissionWay,
): PermissionSet {
  const given = permissionsOfObject(objectKey, entries.get(objectKey));
  for (const kind of PERMISSION_KINDS) {
    const key = specKey(way, kind);
    if (entries.has(key)) given.push([key, entries.get(key)]);
  }
  return parsePermissions(given, way);
}

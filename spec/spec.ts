/**
 * Specs: where and how a gateway is started, as text or as an object.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { defined } from "../internal/defined.ts";
import { MAX_TIMER_MS } from "../internal/wait.ts";
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
import type { Launch, TransportKind } from "../transports/kind.ts";
import { KINDS, type TransportKeys } from "../transports/registry.ts";
import { withChanges } from "../transports/machine/request.ts";
import { PUSH } from "../transports/start_script.ts";
import { SpecEntries, type SpecKeys } from "./entries.ts";
import { environmentOf } from "./environment.ts";
import type { OutputHandler } from "./output.ts";
import { ownUnstable, unstableOf } from "./unstable.ts";

/** Permissions by the keys of the text form, such as `"allow-read": ["/data"]`, or `"/a,/b"`. */
export type PermissionKeys = {
  readonly [Key in `${"allow" | "deny"}-${PermissionKind}`]?: PermissionValue | string;
};

/** Where a gateway's output goes. */
export type Output = "inherit" | "null" | OutputHandler;

/**
 * A gateway's spec as an object. It has the keys of the text form, and some that text cannot express.
 * Exactly one of `popen`, `ssh`, `tcp`, `socket` and `command` is needed: see {@linkcode PopenKeys},
 * {@linkcode SshKeys}, {@linkcode TcpKeys} and {@linkcode CommandKeys}, also for the keys that go with it.
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
export interface GatewaySpec extends PermissionKeys, TransportKeys {
  /** Name in its group; default `gw0`, `gw1`, … */
  id?: string;
  /**
   * The `deno` to start. Default: the one that runs this process; on other machines, one that is
   * installed there. `"push"` (with `ssh` and `command`) copies this process's own if there is none.
   */
  deno?: string;
  /** Working directory; default: this process's, or the one in which a login or a command begins. */
  chdir?: string;
  /** Added to its niceness, -20 to 19; default 0. */
  nice?: number;
  /** Environment variables besides the inherited ones. */
  env?: Readonly<Record<string, string>>;
  /** Where executions run; default `"main"`. */
  execmodel?: "main" | "process";
  /** Id of the gateway that starts this one, or connects to its server. */
  via?: string;
  /** Milliseconds from launch to handshake; default 30,000. */
  connectTimeout?: number;
  /**
   * Seconds, 1 to 86,400, after which a gateway is ended if nothing was received from it, although it
   * was sent pings. One in a busy loop does not answer, either. Default: no pings are sent.
   */
  heartbeat?: number;
  /**
   * The largest item that is accepted from it, encoded, in bytes; default, and at most, 1 GiB. There,
   * a `send` of a larger one rejects.
   */
  maxItemBytes?: number;
  /**
   * What unread items from it may take here, over all its channels, in MiB; default 64. It is a window:
   * a `send` there waits. An item that would take more when it is decoded is refused.
   */
  memory?: number;
  /** What it may do; default: nothing. */
  permissions?: PermissionSet;
  /** Exceptions from that. */
  deny?: PermissionSet;
  /** Everything is allowed. */
  "allow-all"?: boolean;
  /**
   * Unstable features of Deno, such as `["kv", "cron"]`, or `"kv,cron"`. Default: the `unstable` of this
   * process's `deno.json`; behind a server none.
   */
  unstable?: string | readonly string[];
  /** Where its output goes; default `"inherit"`: to stderr, each line as `[id] line`. */
  output?: Output;
  /** One environment variable, as in text. */
  readonly [key: `env:${string}`]: string | undefined;
}

/** A spec that was checked, with the defaults filled in. */
export interface ResolvedSpec extends Launch {
  readonly execmodel: "main" | "process";
  readonly via?: string;
  readonly heartbeat?: number;
  readonly maxItemBytes?: number;
  readonly memory?: number;
  readonly output: Output;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 30_000;
const MAX_HEARTBEAT_S = 86_400;
/** No window can be larger than 4 GiB, and that of the connection is half of the memory. */
const MAX_MEMORY_MIB = 8 * 1024 - 1;
/** The protocol's own limit. */
const MAX_ITEM_BYTES = 1024 * 1024 * 1024;

/**
 * Checks a spec.
 *
 * @throws {SpecError} for an unknown or doubled key, or a value that its key cannot have.
 */
export function resolveSpec(spec: string | GatewaySpec): ResolvedSpec {
  const entries = new SpecEntries(spec, knownKeys());
  const kind = kindOf(entries);
  const via = entries.text("via");
  const known: ResolvedSpec = {
    kind: via === undefined ? kind : kind.viaRelay ?? kind,
    options: kind.parse(entries),
    env: environmentOf(entries),
    execmodel: entries.oneOf("execmodel", ["main", "process"]) ?? "main",
    connectTimeout: entries.number("connectTimeout", 1, MAX_TIMER_MS) ??
      DEFAULT_CONNECT_TIMEOUT_MS,
    permissions: permissionsOf(entries),
    output: outputOf(entries),
  };
  const unstable = unstableOf(entries) ?? (kind.isServed?.(known.options) ? [] : ownUnstable());
  return withChanges(
    known,
    defined({
      id: entries.text("id"),
      deno: denoOf(entries, kind),
      chdir: entries.text("chdir"),
      via,
      heartbeat: entries.number("heartbeat", 1, MAX_HEARTBEAT_S),
      maxItemBytes: entries.number("maxItemBytes", 1, MAX_ITEM_BYTES),
      memory: entries.number("memory", 1, MAX_MEMORY_MIB),
      nice: entries.number("nice", -20, 19),
      unstable: unstable.length > 0 ? unstable : undefined,
    }),
  );
}

/** Returns the ids of the gateways that have to be up before, and to outlive, one with this spec. */
export function requiredIds({ via, kind, options }: ResolvedSpec): string[] {
  return [...(via === undefined ? [] : [via]), ...(kind.requires?.(options) ?? [])];
}

function knownKeys(): SpecKeys {
  return {
    common: [
      ...selectors(),
      "id",
      "deno",
      "chdir",
      "via",
      ...KINDS.flatMap(({ keys = [] }) => keys),
      "nice",
      "execmodel",
      "connectTimeout",
      "heartbeat",
      "maxItemBytes",
      "memory",
      "allow-all",
      "unstable",
      ...PERMISSION_KINDS.flatMap((kind) => [`allow-${kind}`, `deny-${kind}`]),
    ],
    ofObjects: ["env", "permissions", "deny", "output"],
  };
}

/** Returns the keys of which each spec has one. */
function selectors(): string[] {
  return KINDS.flatMap(({ key, aliases = [] }) => [key, ...aliases]);
}

function kindOf(entries: SpecEntries): TransportKind {
  const given = selectors().filter((key) => entries.has(key));
  const [selected] = given;
  const kind = KINDS.find(({ key, aliases = [] }) => [key, ...aliases].includes(selected));
  if (kind === undefined || given.length > 1) {
    const seen = kind === undefined
      ? "none; add popen for a process on this machine"
      : given.join(" and ");
    throw new SpecError(
      `a spec needs exactly one of ${selectors().join(", ")}; this one has ${seen}`,
    );
  }
  for (const other of KINDS) {
    const foreign = other === kind ? undefined : other.keys?.find((key) => entries.has(key));
    if (foreign !== undefined) {
      throw new SpecError(`the key "${foreign}" goes with "${other.key}" alone`);
    }
  }
  return kind;
}

function denoOf(entries: SpecEntries, kind: TransportKind): string | undefined {
  const deno = entries.text("deno");
  if (deno === PUSH && kind.runScript === undefined) {
    const able = KINDS.filter(({ runScript }) => runScript !== undefined);
    const keys = able.map(({ key }) => `"${key}"`).join(" and ");
    throw new SpecError(`deno=push goes with ${keys} alone; "${kind.key}" needs a path`);
  }
  return deno;
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

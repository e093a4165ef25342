/**
 * Groups: gateways that are named and ended together.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import {
  createGateway,
  type Gateway,
  type GatewayGroup,
  type TerminateOptions,
  whenEnded,
  whenReady,
} from "./gateway.ts";
import { openTransport } from "./launch.ts";
import { loadProgram } from "./program.ts";
import { type GatewaySpec, resolveSpec } from "./spec.ts";

/** Options of a {@linkcode Group}. */
export interface GroupOptions {
  /** The spec of a gateway that is made without one. Default `"popen"`. */
  defaultSpec?: string | GatewaySpec;
}

/**
 * Gateways that are named and ended together.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = new Group();
 * await group.makeGateway("popen//id=a");
 * assertEquals(group.has("a"), true);
 * ```
 */
export class Group implements GatewayGroup {
  /** The spec of a gateway that is made without one. */
  readonly defaultSpec: string | GatewaySpec;
  readonly #gateways = new Map<string, Gateway>();
  /** Ids of gateways that are being started. */
  readonly #taken = new Set<string>();
  readonly #starting = new Set<Gateway>();
  #nextId = 0;

  /** Makes an empty group. */
  constructor(options: GroupOptions = {}) {
    this.defaultSpec = options.defaultSpec ?? "popen";
  }

  /** How many gateways are in it. */
  get size(): number {
    return this.#gateways.size;
  }

  /**
   * Starts a gateway and waits for its handshake.
   *
   * @throws {SpecError} when the spec is wrong, or its id is taken.
   * @throws {LaunchError} or a kind of it, when the gateway cannot be started.
   */
  async makeGateway(spec: string | GatewaySpec = this.defaultSpec): Promise<Gateway> {
    const resolved = resolveSpec(spec);
    const id = this.#takeId(resolved.id);
    try {
      const program = await loadProgram();
      const gateway = createGateway({
        id,
        group: this,
        spec: resolved,
        given: specObject(resolved, spec),
        open: openTransport,
        program,
      });
      await this.#started(gateway);
      this.#gateways.set(id, gateway);
      whenEnded(gateway).then(() => this.#gateways.delete(id));
      return gateway;
    } finally {
      this.#taken.delete(id);
    }
  }

  /** The gateway of an id, or at an index in the order of their start. */
  get(key: string | number): Gateway | undefined {
    return typeof key === "string" ? this.#gateways.get(key) : [...this][key];
  }

  /** Whether a gateway of this id, or this gateway, is in it. */
  has(key: string | Gateway): boolean {
    return typeof key === "string" ? this.#gateways.has(key) : this.#gateways.get(key.id) === key;
  }

  /** Its gateways, in the order of their start. */
  [Symbol.iterator](): IterableIterator<Gateway> {
    return this.#gateways.values();
  }

  /** Ends all its gateways, see {@linkcode Gateway.terminate}. */
  async terminate(options?: TerminateOptions): Promise<void> {
    const all = [...this, ...this.#starting];
    await Promise.all(all.map((gateway) => gateway.terminate(options)));
  }

  /** The same as {@linkcode Group.terminate}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  async #started(gateway: Gateway): Promise<void> {
    this.#starting.add(gateway);
    try {
      await whenReady(gateway);
    } finally {
      this.#starting.delete(gateway);
    }
  }

  #takeId(wanted: string | undefined): string {
    let id = wanted;
    while (id === undefined || (wanted === undefined && this.#isTaken(id))) {
      id = `gw${this.#nextId++}`;
    }
    if (this.#isTaken(id)) throw new SpecError(`the id "${id}" is taken in this group`);
    this.#taken.add(id);
    return id;
  }

  #isTaken(id: string): boolean {
    return this.#gateways.has(id) || this.#taken.has(id);
  }
}

function specObject(
  { transport, permissions: { all, allow, deny }, ...rest }: ReturnType<typeof resolveSpec>,
  given: string | GatewaySpec,
): GatewaySpec {
  if (typeof given !== "string") return given;
  const where = transport.kind === "popen"
    ? { popen: true }
    : { [transport.kind]: transport.value };
  return { ...where, ...rest, ...(all ? { "allow-all": true } : { permissions: allow }), deny };
}

/** The group of {@linkcode makeGateway}. */
export const defaultGroup: Group = new Group();

/**
 * Starts a gateway in {@linkcode defaultGroup} and waits for its handshake.
 *
 * The initiator needs `--allow-run` (for `/bin/sh`) and `--allow-env`.
 *
 * @param spec Text such as `popen//allow-read=/data//id=reader`, or a {@linkcode GatewaySpec}.
 * Default `"popen"`: a local `deno run` without any permission.
 * @throws {SpecError} when the spec is wrong.
 * @throws {LaunchError} or a kind of it, when the gateway cannot be started.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * assertEquals(await gw.call((a: number, b: number) => a + b, 1, 2), 3);
 * ```
 */
export function makeGateway(spec?: string | GatewaySpec): Promise<Gateway> {
  return defaultGroup.makeGateway(spec);
}

/**
 * The group of the gateways that are made without one.
 *
 * @module
 */

import type { Gateway } from "./gateway.ts";
import { Group } from "./group.ts";
import type { GatewaySpec } from "../spec/spec.ts";

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

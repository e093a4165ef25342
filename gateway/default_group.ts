/**
 * The group of gateways that are made without one.
 *
 * @module
 */

import type { Gateway } from "./gateway.ts";
import { Group } from "./group.ts";
import type { StartOptions } from "./start_options.ts";
import type { GatewaySpec } from "../spec/spec.ts";

/**
 * The group of the gateways that {@linkcode makeGateway} starts.
 *
 * @example
 * ```ts
 * import { defaultGroup, makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await makeGateway("popen//id=worker");
 * assertEquals(defaultGroup.has("worker"), true);
 * await defaultGroup.terminate(); // ends all of them
 * assertEquals(defaultGroup.size, 0);
 * ```
 */
export const defaultGroup: Group = new Group();

/**
 * Starts a gateway in {@linkcode defaultGroup} and waits for its handshake.
 *
 * This process needs `--allow-run` (for `/bin/sh`) and `--allow-env`.
 *
 * @param spec Text such as `popen//allow-read=/data//id=reader`, or a {@linkcode GatewaySpec}.
 * Default `"popen"`: a local `deno run` without any permission.
 * @throws {SpecError} if the spec is wrong.
 * @throws {LaunchError} or a subclass of it, if the gateway cannot be started.
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
export function makeGateway(
  spec?: string | GatewaySpec,
  options?: StartOptions,
): Promise<Gateway> {
  return defaultGroup.makeGateway(spec, options);
}

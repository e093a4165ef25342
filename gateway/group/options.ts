/**
 * Options of groups.
 *
 * @module
 */

import type { OptionRule, OptionRules } from "../../internal/arguments.ts";
import type { GatewaySpec } from "../../spec/spec.ts";

/**
 * Options of a {@linkcode Group}.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = new Group({ defaultSpec: "popen//allow-env=LANG" });
 * const gw = await group.makeGateway();
 * const state = () => Deno.permissions.querySync({ name: "env", variable: "LANG" }).state;
 * assertEquals(await gw.call(state), "granted");
 * ```
 */
export interface GroupOptions {
  /** The spec of gateways that are made without one. Default `"popen"`. */
  defaultSpec?: string | GatewaySpec;
}

/**
 * Options of {@linkcode Group.open}.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen", "popen", "popen"], { concurrency: 2 });
 * assertEquals(group.size, 3);
 * ```
 */
export interface OpenOptions extends GroupOptions {
  /** How many gateways may be starting at a time. Default 16. */
  concurrency?: number;
}

const SPEC: OptionRule = {
  wanted: 'a spec, such as "popen" or { popen: true }',
  isRight: (value) =>
    typeof value === "string" ||
    (typeof value === "object" && value !== null && !Array.isArray(value)),
};
/** The rule for the specs that a group is opened with. */
export const SPECS: OptionRule = {
  wanted: 'a list of specs, such as ["popen", "popen"]',
  isRight: (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
};
/** The rules of {@linkcode GroupOptions}. */
export const GROUP_OPTIONS: OptionRules<GroupOptions> = { defaultSpec: SPEC };
/** The rules of {@linkcode OpenOptions}. */
export const OPEN_OPTIONS: OptionRules<OpenOptions> = {
  ...GROUP_OPTIONS,
  concurrency: {
    wanted: "a number of gateways from 1",
    isRight: (value) => typeof value === "number" && value >= 1,
    isNumber: true,
  },
};

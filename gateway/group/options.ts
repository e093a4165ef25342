/**
 * Options of groups.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import {
  checkArgument,
  checkOptions,
  FUNCTION,
  type OptionRule,
  type OptionRules,
} from "../../internal/arguments.ts";
import type { GatewaySpec } from "../../spec/spec.ts";
import type { UncaughtHandler } from "../uncaught_handler.ts";

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
  /** See {@linkcode Group.onUncaught}. Default: there is none. */
  onUncaught?: UncaughtHandler;
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
const SPECS: OptionRule = {
  wanted: 'a list of specs, such as ["popen", "popen"]',
  isRight: (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
};
const GROUP_OPTIONS: OptionRules<GroupOptions> = {
  defaultSpec: SPEC,
  onUncaught: FUNCTION,
};
const OPEN_OPTIONS: OptionRules<OpenOptions> = {
  ...GROUP_OPTIONS,
  concurrency: {
    wanted: "a number of gateways from 1",
    isRight: (value) => typeof value === "number" && value >= 1,
    isNumber: true,
  },
};

/**
 * Checks the options of a group.
 *
 * @throws {TypeError} if an option is unknown, or of a wrong type.
 */
export function checkGroup(options: GroupOptions): void {
  checkOptions("Group", options, GROUP_OPTIONS, closestString);
}

/**
 * Checks the arguments of `Group.open`.
 *
 * @throws {TypeError} if one is of a wrong type, or an option is unknown.
 * @throws {RangeError} if a number is out of range.
 */
export function checkOpen(specs: unknown, options: OpenOptions): void {
  checkArgument("what Group.open starts", specs, SPECS);
  checkOptions("Group.open", options, OPEN_OPTIONS, closestString);
}

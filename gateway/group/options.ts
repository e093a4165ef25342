/**
 * How a group is made.
 *
 * @module
 */

import type { OptionRule, OptionRules } from "../../internal/arguments.ts";
import type { GatewaySpec } from "../../spec/spec.ts";

/** Options of a {@linkcode Group}. */
export interface GroupOptions {
  /** The spec of a gateway that is made without one. Default `"popen"`. */
  defaultSpec?: string | GatewaySpec;
}

/** Options of {@linkcode Group.open}. */
export interface OpenOptions extends GroupOptions {
  /** How many gateways are starting at a time, at most. Default 16. */
  concurrency?: number;
}

const SPEC: OptionRule = {
  wanted: 'a spec, such as "popen" or { popen: true }',
  isRight: (value) =>
    typeof value === "string" ||
    (typeof value === "object" && value !== null && !Array.isArray(value)),
};
/** What a group is opened with. */
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

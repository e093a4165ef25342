/**
 * Which gateways a group is opened with, and which of them wait for which.
 *
 * @module
 */

import { SpecError } from "../errors.ts";
import { type GatewaySpec, type ResolvedSpec, resolveSpec } from "./spec.ts";

/** One gateway of a group that is to be opened. */
export interface PlannedGateway {
  readonly id: string;
  /** As given, with its id. */
  readonly spec: string | GatewaySpec;
  /** For messages: where it stands, and what of it can be shown. */
  readonly label: string;
  /** The id of the planned gateway that starts it, and so has to be up before. */
  readonly via: string | undefined;
}

/**
 * Checks the specs of a group, and gives each its id.
 *
 * @throws {SpecError} when one is wrong, two have one id, or their `via` leads nowhere or in a circle.
 */
export function planGroup(specs: readonly (string | GatewaySpec)[]): PlannedGateway[] {
  const resolved = specs.map((spec, index) => resolveAt(spec, index, specs.length));
  const ids = idsOf(resolved);
  const plan = resolved.map((each, index) => ({
    id: ids[index],
    spec: withId(specs[index], ids[index]),
    label: `spec ${index + 1} of ${specs.length}, ${shown(each, ids[index])}`,
    via: each.via,
  }));
  checkVia(plan);
  return plan;
}

function resolveAt(spec: string | GatewaySpec, index: number, count: number): ResolvedSpec {
  try {
    return resolveSpec(spec);
  } catch (cause) {
    if (!(cause instanceof SpecError)) throw cause;
    throw new SpecError(
      `cannot open the group: spec ${index + 1} of ${count} is wrong: ${cause.message}`,
      { cause },
    );
  }
}

/** Given ids first: a default one must not take what a later spec asks for. */
function idsOf(specs: readonly ResolvedSpec[]): string[] {
  const taken = new Set<string>();
  for (const { id } of specs) {
    if (id === undefined) continue;
    if (taken.has(id)) throw new SpecError(`cannot open the group: two specs have the id "${id}"`);
    taken.add(id);
  }
  let next = 0;
  const free = () => {
    let id: string;
    do id = `gw${next++}`; while (taken.has(id));
    return id;
  };
  return specs.map(({ id }) => id ?? free());
}

function withId(spec: string | GatewaySpec, id: string): string | GatewaySpec {
  if (typeof spec !== "string") return { ...spec, id };
  return resolveSpec(spec).id === undefined ? `${spec}//id=${id}` : spec;
}

/** Not the whole: an environment variable may be a secret. */
function shown({ transport, deno, chdir, via }: ResolvedSpec, id: string): string {
  const where = transport.kind === "popen" ? "popen" : `${transport.kind}=${transport.value}`;
  const rest = Object.entries({ id, via, chdir, deno });
  return [where, ...rest.flatMap(([key, value]) => value === undefined ? [] : [`${key}=${value}`])]
    .join("//");
}

function checkVia(plan: readonly PlannedGateway[]): void {
  const byId = new Map(plan.map((planned) => [planned.id, planned]));
  for (const start of plan) {
    const path = [start.id];
    for (let { via } = start; via !== undefined; via = byId.get(via)?.via) {
      if (!byId.has(via)) {
        throw new SpecError(
          `cannot open the group: gateway ${path.at(-1)} goes via "${via}", which is none of ` +
            `${plan.map(({ id }) => id).join(", ")}`,
        );
      }
      path.push(via);
      if (via === start.id) {
        throw new SpecError(
          `cannot open the group: its gateways go via each other in a circle: ${path.join(" → ")}`,
        );
      }
      if (path.length > plan.length) break; // a circle that this one only leads into
    }
  }
}

/**
 * The gateways that a group is opened with, and the order in which they start and end.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";
import { specLabel } from "../../spec/shown.ts";
import { DefaultIds } from "./members.ts";
import { type GatewaySpec, requiredIds, type ResolvedSpec, resolveSpec } from "../../spec/spec.ts";

/** One gateway of a group that is to be opened. */
export interface PlannedGateway {
  readonly id: string;
  /** The spec as given, with the id. */
  readonly spec: string | GatewaySpec;
  /** Names the spec in messages: its place in the list, and what of it is no secret. */
  readonly label: string;
  /** The ids of the planned gateways that it starts or connects through, and so starts after. */
  readonly requires: readonly string[];
}

/**
 * Checks the specs of a group, and gives each an id.
 *
 * @throws {SpecError} if one is wrong, two have the same id, or a `via` names no gateway or leads in a
 * circle.
 */
export function planGroup(specs: readonly (string | GatewaySpec)[]): PlannedGateway[] {
  const resolved = specs.map((spec, index) => resolveAt(spec, index, specs.length));
  const ids = idsOf(resolved);
  const plan = resolved.map((each, index) => ({
    id: ids[index],
    spec: withId(specs[index], ids[index]),
    label: `spec ${index + 1} of ${specs.length}, ${specLabel(each, ids[index])}`,
    requires: requiredIds(each),
  }));
  checkOrder(plan);
  return plan;
}

/** A gateway that is to be ended. */
export interface Ending {
  readonly id: string;
  /** The ids of the gateways that it runs through. */
  readonly requires: readonly string[];
}

/** Returns gateways in the order of their ends: those that run through others come before these. */
export function endLevels<Member extends Ending>(gateways: readonly Member[]): Member[][] {
  const left = new Set(gateways);
  const all: Member[][] = [];
  while (left.size > 0) {
    const required = new Set(Array.from(left, ({ requires }) => requires).flat());
    const level = [...left].filter(({ id }) => !required.has(id));
    // There should be no circle; even if there were one, all would be ended.
    all.push(level.length > 0 ? level : [...left]);
    for (const gateway of all.at(-1) ?? []) left.delete(gateway);
  }
  return all;
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

/** A default id must not be one that a later spec asks for. */
function idsOf(specs: readonly ResolvedSpec[]): string[] {
  const taken = new Set<string>();
  for (const { id } of specs) {
    if (id === undefined) continue;
    if (taken.has(id)) throw new SpecError(`cannot open the group: two specs have the id "${id}"`);
    taken.add(id);
  }
  const defaults = new DefaultIds();
  return specs.map(({ id }) => id ?? defaults.next((id) => taken.has(id)));
}

function withId(spec: string | GatewaySpec, id: string): string | GatewaySpec {
  if (typeof spec !== "string") return { ...spec, id };
  return resolveSpec(spec).id === undefined ? `${spec}//id=${id}` : spec;
}

function checkOrder(plan: readonly PlannedGateway[]): void {
  const byId = new Map(plan.map((planned) => [planned.id, planned]));
  const done = new Set<string>();
  function visit({ id, requires }: PlannedGateway, path: readonly string[]): void {
    if (path.includes(id)) {
      throw new SpecError(
        `cannot open the group: its gateways go via each other in a circle: ` +
          [...path.slice(path.indexOf(id)), id].join(" → "),
      );
    }
    if (done.has(id)) return;
    for (const required of requires) {
      const planned = byId.get(required);
      if (planned !== undefined) visit(planned, [...path, id]);
      else {
        throw new SpecError(
          `cannot open the group: gateway ${id} goes via "${required}", which is none of ` +
            `${plan.map(({ id }) => id).join(", ")}`,
        );
      }
    }
    done.add(id);
  }
  for (const planned of plan) visit(planned, []);
}

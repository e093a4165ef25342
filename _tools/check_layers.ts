/**
 * The layering of the sources, checked: see CONTRIBUTING.md for its reasons.
 */
import type { ModuleGraph } from "./module_graph.ts";

/** Which room may import which. A room may always import itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  internal: [],
  protocol: ["errors", "internal"],
  permissions: ["errors", "internal", "protocol"],
  code: ["errors", "internal", "protocol"],
  channel: ["errors", "internal", "protocol"],
  transports: ["errors", "internal", "protocol", "channel", "permissions"],
  spec: ["errors", "internal", "channel", "permissions", "transports"],
  gateway: [
    "errors",
    "internal",
    "protocol",
    "permissions",
    "code",
    "channel",
    "transports",
    "spec",
  ],
  remote: ["errors", "internal", "protocol", "channel", "transports"],
  server: ["errors", "internal", "protocol", "permissions", "transports"],
  serve: ["permissions", "server"],
  mod: [
    "errors",
    "internal",
    "protocol",
    "permissions",
    "channel",
    "transports",
    "spec",
    "gateway",
  ],
};

/** Code about the package, not of it. */
const OUTSIDE = ["_tools", "bench", "examples", "tests"];

/** A sentence for each import that breaks the layering, and for each circle. */
export function findViolations(graph: ModuleGraph): string[] {
  return [...findLayerBreaks(graph), ...findCircles(graph)];
}

function findLayerBreaks(graph: ModuleGraph): string[] {
  const found: string[] = [];
  for (const [from, targets] of graph) {
    const layer = layerOf(from);
    if (OUTSIDE.includes(layer) || from.endsWith("_test.ts")) continue;
    const allowed = MAY_IMPORT[layer];
    if (!allowed) {
      found.push(`${from} belongs to no layer that check_layers.ts knows`);
      continue;
    }
    for (const to of targets) {
      const target = layerOf(to);
      if (target === layer || allowed.includes(target)) continue;
      found.push(`${from} imports ${to}: ${layer} may import ${list(allowed)}`);
    }
  }
  return found;
}

/** `channel/state.ts` is of `channel`, `errors.ts` of `errors`. */
function layerOf(path: string): string {
  return path.split("/", 1).join("").replace(/\.[jt]s$/, "");
}

function list(layers: readonly string[]): string {
  return layers.length === 0 ? "nothing" : `only ${layers.join(", ")}`;
}

/** Follows the imports depth first; one that leads back into the path walked so far closes a circle. */
function findCircles(graph: ModuleGraph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): void {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push(
        `imports form a circle: ${[...path.slice(start), file].join(" -> ")}`,
      );
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  }
  for (const file of graph.keys()) visit(file);
  return found;
}

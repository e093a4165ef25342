/**
 * The layering of the sources, checked: see CONTRIBUTING.md for its reasons.
 */
import type { ModuleGraph } from "./module_graph.ts";
import { isProduct, roomOf } from "./rooms.ts";

/**
 * Which rooms and sub-rooms a room may import, besides itself. A sub-room with a row of its own has
 * that instead of its room's.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  internal: [],
  protocol: ["errors", "internal"],
  permissions: ["errors", "internal", "protocol"],
  code: ["errors", "internal", "protocol"],
  channel: ["errors", "internal", "protocol"],
  transports: ["errors", "internal", "protocol", "permissions"],
  "transports/via": ["errors", "internal", "protocol", "permissions", "channel"],
  spec: ["errors", "internal", "channel", "permissions", "transports"],
  map: ["errors", "internal", "protocol", "code", "channel", "transports", "spec"],
  gateway: [
    "errors",
    "internal",
    "protocol",
    "permissions",
    "code",
    "channel",
    "transports",
    "spec",
    "map",
  ],
  remote: ["errors", "internal", "protocol", "channel", "transports/streams"],
  server: ["errors", "internal", "protocol", "permissions", "transports"],
  cli: ["errors", "internal", "code", "gateway/group", "server", "sync", "mod"],
  serve: ["permissions", "server"],
  sync: ["errors", "internal", "mod"],
  mod: [
    "errors",
    "internal",
    "protocol",
    "permissions",
    "channel",
    "transports",
    "spec",
    "map",
    "gateway",
  ],
};

/** Returns a sentence for each import that breaks the layering, and for each circle. */
export function findViolations(graph: ModuleGraph): string[] {
  return [...findLayerBreaks(graph), ...findCircles(graph)];
}

function findLayerBreaks(graph: ModuleGraph): string[] {
  const found: string[] = [];
  for (const [from, targets] of graph) {
    if (!isProduct(from)) continue;
    const ruled = Object.keys(MAY_IMPORT).findLast((place) => isIn(from, place));
    if (ruled === undefined) {
      found.push(`${from} belongs to no room that check_layers.ts knows`);
      continue;
    }
    const allowed = MAY_IMPORT[ruled];
    for (const to of targets) {
      if ([roomOf(from), ...allowed].some((place) => isIn(to, place))) continue;
      found.push(`${from} imports ${to}: ${ruled} may import ${list(allowed)}`);
    }
  }
  return found;
}

function isIn(path: string, place: string): boolean {
  return path.startsWith(`${place}/`) || roomOf(path) === place;
}

function list(rooms: readonly string[]): string {
  return rooms.length === 0 ? "nothing" : `only ${rooms.join(", ")}`;
}

/**
 * Returns the circles of rooms, of sub-rooms and of files. At each depth a folder counts as one,
 * and a
 * file above that depth by itself: so a sub-room may use a file of the room around it, unless that
 * file needs the sub-room.
 */
function findCircles(graph: ModuleGraph): string[] {
  const product = new Map([...graph].filter(([file]) => isProduct(file)));
  for (let depth = 1; depth <= depthOf(product); depth++) {
    const found = circlesIn(collapsed(product, depth));
    // A circle of files is one of their rooms, too: the outermost says most.
    if (found.length > 0) return found;
  }
  return circlesIn(graph);
}

function depthOf(graph: ModuleGraph): number {
  return Math.max(0, ...Array.from(graph.keys(), (file) => file.split("/").length));
}

/** Merges all files that share their first `depth` folders into one node of the graph. */
function collapsed(graph: ModuleGraph, depth: number): ModuleGraph {
  const nodeOf = (file: string) => {
    const folders = file.split("/").slice(0, -1);
    return folders.length < depth ? file : `${folders.slice(0, depth).join("/")}/`;
  };
  const nodes = new Map<string, string[]>();
  for (const [file, targets] of graph) {
    const node = nodeOf(file);
    const others = targets.map(nodeOf).filter((target) => target !== node);
    nodes.set(node, [...nodes.get(node) ?? [], ...others]);
  }
  return nodes;
}

/**
 * Follows the imports depth first; one that leads back into the path walked so far closes a circle.
 */
function circlesIn(graph: ModuleGraph): string[] {
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
  return [...new Set(found)];
}

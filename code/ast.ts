/**
 * Walks over syntax trees.
 *
 * @module
 */

import type { AnyNode } from "acorn";

/** Yields the direct children of a node. */
export function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield child;
    }
  }
}

/** Returns all nodes of a tree, beginning with its root. */
export function nodesOf(root: AnyNode): AnyNode[] {
  const found = [root];
  for (let at = 0; at < found.length; at++) found.push(...childrenOf(found[at]));
  return found;
}

/** Returns the parent of each node of a tree but its root. */
export function parentsOf(root: AnyNode): Map<AnyNode, AnyNode> {
  const parents = new Map<AnyNode, AnyNode>();
  for (const node of nodesOf(root)) {
    for (const child of childrenOf(node)) parents.set(child, node);
  }
  return parents;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string";
}

/**
 * Where a module uses the names that it imports.
 *
 * @module
 */

import type { AnyNode, Program } from "acorn";
import { analyze } from "eslint-scope";
import { childrenOf, parentsOf } from "./ast.ts";

/** A use of an imported name. */
export interface NameUse {
  start: number;
  end: number;
  /** A callee must not get the namespace as `this`; `{ a }` needs its key. */
  kind: "value" | "callee" | "shorthand";
  /** Whether a statement begins here, in a list of statements. */
  beginsStatement: boolean;
}

/** Returns the uses of each imported name that is used, but for exports of it. */
export function usesOfImports(program: Program): Map<string, NameUse[]> {
  const parents = parentsOf(program);
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  const scope = scopes.scopes.find(({ type }) => type === "module");
  const found = new Map<string, NameUse[]>();
  for (const { name, defs, references } of scope?.variables ?? []) {
    if (!defs.some(({ type }) => type === "ImportBinding")) continue;
    const uses = references.map(({ identifier }) => identifier as AnyNode)
      .filter((node) => parents.get(node)?.type !== "ExportSpecifier")
      .map((node) => useOf(node, parents));
    if (uses.length > 0) found.set(name, uses);
  }
  return found;
}

function useOf(node: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): NameUse {
  const { start, end } = node;
  const parent = parents.get(node);
  const isCallee = parent?.type === "CallExpression" && parent.callee === node ||
    parent?.type === "TaggedTemplateExpression" && parent.tag === node;
  const kind = isCallee
    ? "callee"
    : parent?.type === "Property" && parent.shorthand
    ? "shorthand"
    : "value";
  return { start, end, kind, beginsStatement: beginsStatement(node, parents) };
}

const STATEMENT_LISTS = ["Program", "BlockStatement", "StaticBlock", "SwitchCase"];

function beginsStatement(node: AnyNode, parents: ReadonlyMap<AnyNode, AnyNode>): boolean {
  let at: AnyNode | undefined = node;
  while (at !== undefined && at.start === node.start && at.type !== "ExpressionStatement") {
    at = parents.get(at);
  }
  if (at?.type !== "ExpressionStatement" || at.start !== node.start) return false;
  return STATEMENT_LISTS.includes(parents.get(at)?.type ?? "");
}

/** Returns whether a module has `await` outside of its functions. */
export function awaitsAtTopLevel(node: AnyNode): boolean {
  switch (node.type) {
    case "AwaitExpression":
      return true;
    case "ForOfStatement":
      if (node.await) return true;
      break;
    case "VariableDeclaration":
      if (node.kind === "await using") return true;
      break;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return false;
  }
  return childrenOf(node).some(awaitsAtTopLevel);
}

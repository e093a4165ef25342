/**
 * What a function takes from outside of itself.
 *
 * @module
 */

import type { AnyNode, Class, Expression, Function as FunctionNode } from "acorn";
import { analyze } from "eslint-scope";
import type { CapturedName } from "../../errors.ts";
import { REMOTE_GLOBALS } from "./globals.ts";

/**
 * Every use of an outer name, `this`, `super`, `import.meta` and of a private name of a class
 * around it, in the order of the text.
 *
 * @param root What was parsed: `fn` itself, or the object that it is the method of.
 * @param columnShift Columns that were put in front of the function's text on its first line.
 */
export function capturedNames(
  root: Expression,
  fn: FunctionNode,
  columnShift: number,
): CapturedName[] {
  const captured: CapturedName[] = [];
  const add = (name: string, node: AnyNode) => {
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    captured.push({ name, line, column: column + 1 - (line === 1 ? columnShift : 0) });
  };
  for (const identifier of freeIdentifiers(root)) {
    if (!REMOTE_GLOBALS.has(identifier.name)) add(identifier.name, identifier);
  }
  for (const { name, node } of outerContext(fn as AnyNode, OUTERMOST)) add(name, node);
  return captured.sort((a, b) => a.line - b.line || a.column - b.column);
}

function freeIdentifiers(root: Expression): (AnyNode & { name: string })[] {
  const program = {
    type: "Program",
    sourceType: "module",
    body: [{ type: "ExpressionStatement", expression: root, range: root.range }],
    range: root.range,
  };
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  const through = scopes.globalScope?.through ?? [];
  return through.map(({ identifier }) => identifier as AnyNode & { name: string });
}

interface Context {
  /** Within a function or class member that has a `this` and `super` of its own. */
  ownsThis: boolean;
  /** Private names that the classes around declare. */
  privates: readonly string[];
}

const OUTERMOST: Context = { ownsThis: false, privates: [] };

interface Use {
  name: string;
  node: AnyNode;
}

function* outerContext(node: AnyNode, context: Context): Generator<Use> {
  switch (node.type) {
    case "ThisExpression":
      if (!context.ownsThis) yield { name: "this", node };
      return;
    case "Super":
      if (!context.ownsThis) yield { name: "super", node };
      return;
    case "MetaProperty":
      if (node.meta.name === "import") yield { name: "import.meta", node };
      return;
    case "PrivateIdentifier":
      if (!context.privates.includes(node.name)) yield { name: `#${node.name}`, node };
      return;
    case "ClassDeclaration":
    case "ClassExpression":
      return yield* ofClass(node, context);
  }
  for (const child of childrenOf(node)) {
    const owns = child.type === "FunctionExpression" || child.type === "FunctionDeclaration";
    yield* outerContext(child, owns ? { ...context, ownsThis: true } : context);
  }
}

/** What a class extends, and its computed names, have the `this` around it; the rest its own. */
function* ofClass(node: Class, around: Context): Generator<Use> {
  const privates = [...around.privates, ...node.body.body.flatMap(privateName)];
  const outside = { ...around, privates };
  const inside = { ownsThis: true, privates };
  if (node.superClass) yield* outerContext(node.superClass, around);
  for (const member of node.body.body) {
    if (member.type === "StaticBlock") {
      yield* outerContext(member, inside);
      continue;
    }
    yield* outerContext(member.key, member.computed ? outside : inside);
    if (member.value) yield* outerContext(member.value, inside);
  }
}

function privateName(member: Class["body"]["body"][number]): string[] {
  return "key" in member && member.key.type === "PrivateIdentifier" ? [member.key.name] : [];
}

function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield child;
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string";
}

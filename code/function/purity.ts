/**
 * Finds the names that a function captures from outside.
 *
 * @module
 */

import type { AnyNode, Class, Expression, Function as FunctionNode } from "acorn";
import { analyze } from "eslint-scope";
import type { CapturedName } from "../../errors.ts";
import { childrenOf } from "../ast.ts";
import { REMOTE_GLOBALS } from "./globals.ts";

/**
 * Returns every use of an outer name, of `this`, `super` and `import.meta`, and of a private name of
 * an enclosing class, in the order of the text.
 *
 * @param root The parsed expression: `fn` itself, or the object literal that it is a method of.
 * @param columnShift How many columns the parsed text has in front of the function on its first line.
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
  for (const { name, node } of usesOfContext(fn as AnyNode, OUTERMOST)) add(name, node);
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
  /** Whether an enclosing function or class member has its own `this` and `super`. */
  ownsThis: boolean;
  /** Private names that enclosing classes declare. */
  privates: readonly string[];
}

const OUTERMOST: Context = { ownsThis: false, privates: [] };

interface Use {
  name: string;
  node: AnyNode;
}

function* usesOfContext(node: AnyNode, context: Context): Generator<Use> {
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
      return yield* usesInClass(node, context);
  }
  for (const child of childrenOf(node)) {
    const owns = child.type === "FunctionExpression" || child.type === "FunctionDeclaration";
    yield* usesOfContext(child, owns ? { ...context, ownsThis: true } : context);
  }
}

/** The `extends` expression and computed names use the outer `this`; the rest has its own. */
function* usesInClass(node: Class, outer: Context): Generator<Use> {
  const privates = [...outer.privates, ...node.body.body.flatMap(privateName)];
  const outside = { ...outer, privates };
  const inside = { ownsThis: true, privates };
  if (node.superClass) yield* usesOfContext(node.superClass, outer);
  for (const member of node.body.body) {
    if (member.type === "StaticBlock") {
      yield* usesOfContext(member, inside);
      continue;
    }
    yield* usesOfContext(member.key, member.computed ? outside : inside);
    if (member.value) yield* usesOfContext(member.value, inside);
  }
}

function privateName(member: Class["body"]["body"][number]): string[] {
  return "key" in member && member.key.type === "PrivateIdentifier" ? [member.key.name] : [];
}

/**
 * Finds the names that a function captures from outside.
 *
 * @module
 */

import type { AnyNode, Class, Expression, Function as FunctionNode } from "acorn";
import { analyze } from "eslint-scope";
import { childrenOf } from "../ast.ts";
import { REMOTE_GLOBALS } from "./globals.ts";

/** A use of something from outside a function. */
export interface OuterUse {
  /** The name as written, or `this`, `super`, `import.meta`. */
  name: string;
  node: AnyNode;
}

/**
 * Returns every use of an outer name, of `this`, `super` and `import.meta`, and of a private name of
 * an enclosing class, in the order of the text.
 *
 * @param root The parsed expression: `fn` itself, or the object literal that it is a method of.
 */
export function outerUses(root: Expression, fn: FunctionNode): OuterUse[] {
  return [
    ...freeIdentifiers(root)
      .filter(({ name }) => !REMOTE_GLOBALS.has(name))
      .map((node) => ({ name: node.name, node })),
    ...usesOfContext(fn as AnyNode, OUTERMOST),
  ].sort((a, b) => a.node.start - b.node.start);
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

function* usesOfContext(node: AnyNode, context: Context): Generator<OuterUse> {
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
function* usesInClass(node: Class, outer: Context): Generator<OuterUse> {
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

/**
 * Functions as text, for those that need nothing of where they were defined.
 *
 * @module
 */

import {
  type AnyNode,
  type Expression,
  type Function as FunctionNode,
  parseExpressionAt,
} from "acorn";
import { analyze } from "eslint-scope";
import { type CapturedName, ImpureFunctionError } from "../errors.ts";

// deno-lint-ignore ban-types -- any function at all
type AnyFunction = Function;

/** What a function may name freely: the globals of a fresh Deno, as this module finds them. */
const REMOTE_GLOBALS: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(globalThis));

const checked = new WeakMap<AnyFunction, string>();

/**
 * The text of `fn` as an expression.
 *
 * @throws {ImpureFunctionError} when it uses something of its surroundings, or has no text.
 */
export function functionText(fn: AnyFunction): string {
  const known = checked.get(fn);
  if (known !== undefined) return known;
  const written = Function.prototype.toString.call(fn);
  const shown = fn.name === "" ? "the function" : `the function "${fn.name}"`;
  if (/\{\s*\[native code\]\s*\}\s*$/.test(written)) {
    throw new ImpureFunctionError(`cannot send ${shown}: it is native or bound, so it has no text`);
  }
  const parsed = parseFunction(written);
  if (parsed === undefined) {
    throw new ImpureFunctionError(
      `cannot send ${shown}: it is a class, an accessor, or its syntax is not understood`,
    );
  }
  const captured = capturedNames(parsed.root, parsed.fn, parsed.columnShift);
  if (captured.length > 0) {
    const list = captured.map(({ name, line, column }) => `${name} (${line}:${column})`).join(", ");
    throw new ImpureFunctionError(
      `cannot send ${shown}: it uses what is outside of it: ${list}. Pass it in args, or import it ` +
        `inside with await import()`,
      captured,
    );
  }
  checked.set(fn, parsed.text);
  return parsed.text;
}

interface ParsedFunction {
  root: Expression;
  fn: FunctionNode;
  /** An expression with the same meaning. */
  text: string;
  /** Columns in front of the function's own text on its first line. */
  columnShift: number;
}

function parseFunction(written: string): ParsedFunction | undefined {
  const plain = parseWhole(`(${written}\n)`);
  if (plain?.type === "FunctionExpression" || plain?.type === "ArrowFunctionExpression") {
    return { root: plain, fn: plain, text: written, columnShift: 1 };
  }
  const object = parseWhole(`({${written}\n})`);
  if (object?.type !== "ObjectExpression") return undefined;
  const [property] = object.properties;
  if (property?.type !== "Property" || !property.method || object.properties.length > 1) {
    return undefined;
  }
  const { value } = property;
  if (value.type !== "FunctionExpression") return undefined;
  const head = `${value.async ? "async " : ""}function${value.generator ? "*" : ""}`;
  const text = `${head} ${written.slice(value.start - 2)}`;
  return { root: object, fn: value, text, columnShift: 2 };
}

function parseWhole(text: string): Expression | undefined {
  try {
    return parseExpressionAt(text, 0, {
      ecmaVersion: "latest",
      sourceType: "module",
      locations: true,
      ranges: true,
    });
  } catch {
    return undefined;
  }
}

function capturedNames(root: Expression, fn: FunctionNode, columnShift: number): CapturedName[] {
  const captured: CapturedName[] = [];
  const add = (name: string, node: AnyNode) => {
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    captured.push({ name, line, column: column + 1 - (line === 1 ? columnShift : 0) });
  };
  const program = {
    type: "Program",
    sourceType: "module",
    body: [statement(root)],
    range: root.range,
  };
  const scopes = analyze(program as unknown as Parameters<typeof analyze>[0], {
    ecmaVersion: 2024,
    sourceType: "module",
  });
  for (const { identifier } of scopes.globalScope?.through ?? []) {
    if (!REMOTE_GLOBALS.has(identifier.name)) add(identifier.name, identifier as AnyNode);
  }
  for (const node of ownContext(fn as AnyNode)) {
    if (node.type === "ThisExpression") add("this", node);
    else if (node.type === "Super") add("super", node);
    else if (node.type === "MetaProperty" && node.meta.name === "import") add("import.meta", node);
  }
  return captured.sort((a, b) => a.line - b.line || a.column - b.column);
}

function statement(expression: Expression) {
  return { type: "ExpressionStatement", expression, range: expression.range };
}

/** Nodes in which `this` and `super` mean what they mean in `fn` itself, and all `import.meta`. */
function* ownContext(node: AnyNode, inner = false): Generator<AnyNode> {
  const owner = inner && OWN_THIS.includes(node.type);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      if (owner) yield* importMetas(child);
      else {
        yield child;
        yield* ownContext(child, true);
      }
    }
  }
}

const OWN_THIS: readonly string[] = [
  "FunctionExpression",
  "FunctionDeclaration",
  "ClassExpression",
  "ClassDeclaration",
];

function* importMetas(node: AnyNode): Generator<AnyNode> {
  if (node.type === "MetaProperty") yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* importMetas(child);
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value &&
    typeof value.type === "string";
}

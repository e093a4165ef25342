/**
 * Turns pure functions into text that can be sent.
 *
 * @module
 */

import {
  type AnyNode,
  type Expression,
  type Function as FunctionNode,
  parseExpressionAt,
} from "acorn";
import { described } from "../../internal/arguments.ts";
import { type CapturedName, ImpureFunctionError } from "../../errors.ts";
import type { AnyFunction } from "../call.ts";
import type { Code } from "../code.ts";
import { tagOf, writtenText } from "./intrinsics.ts";
import { locateFunction } from "./positions.ts";
import { type OuterUse, outerUses } from "./purity.ts";
import { findWritten, type WrittenAt } from "./written.ts";

const CACHED_TEXTS = 1_000;
/** Texts by function: most functions are sent many times. */
const known = new WeakMap<AnyFunction, string>();
/** Checked texts by written text: a function expression in a loop makes a new function each time. */
const pure = new Map<string, string>();

/**
 * Returns the text of `fn` as an expression. Results are cached by function and by text.
 *
 * @param stack Returns the stack of the user's call, by which captured names are found in the file.
 * @throws {ImpureFunctionError} if it captures names from outside, or has no text.
 */
export function functionText(fn: AnyFunction, stack: () => string = () => ""): string {
  let text = known.get(fn);
  if (text !== undefined) return text;
  const written = writtenText(fn);
  text = pure.get(written);
  if (text === undefined) {
    text = checkedText(fn, written, stack);
    if (pure.size >= CACHED_TEXTS) pure.clear();
    pure.set(written, text);
  }
  known.set(fn, text);
  return text;
}

type FunctionKind = "function" | "call" | "map";

const METHODS: Record<FunctionKind, { method: string; usage: string }> = {
  function: { method: "remoteExec", usage: "remoteExec(fn, args)" },
  call: { method: "call", usage: "call(fn, 1, 2)" },
  map: { method: "map", usage: "map(items, fn)" },
};

/**
 * Prepares a function to be sent.
 *
 * @param name The name in stacks and messages; default: that of the function, or of the method.
 * @param from The call of the user.
 * @throws {ImpureFunctionError} if it captures names from outside.
 * @throws {TypeError} if it is no function, or a generator function that cannot be run that way.
 */
export function functionCode(
  fn: AnyFunction,
  kind: FunctionKind,
  name?: string,
  from?: Code["from"],
): Code {
  const { method, usage } = METHODS[kind];
  if (typeof fn !== "function") {
    throw new TypeError(`${method} takes a function, as in ${usage}, not ${described(fn)}`);
  }
  const tag = tagOf(fn);
  const isGenerator = tag.endsWith("GeneratorFunction]");
  if (isGenerator && (kind !== "function" || !tag.includes("Async"))) {
    throw new TypeError(
      `${method} takes no ${kind === "function" ? "synchronous " : ""}generator function; ` +
        `remoteExec(async function* (channel, args) { … }) sends what it yields`,
    );
  }
  const text = functionText(fn, () => from?.stack ?? "");
  return {
    kind,
    text,
    from,
    name: name ?? (nameOf(fn) || method),
    position: "",
    locate: () => locateFunction(fn, text, writtenText(fn)),
  };
}

/** Returns the name of a function; empty if it has none, or its `name` is not a string. */
function nameOf(fn: AnyFunction): string {
  return typeof fn.name === "string" ? fn.name : "";
}

function checkedText(fn: AnyFunction, written: string, stack: () => string): string {
  const parsed = parseFunction(written);
  if (typeof parsed === "string") throw refusal(fn, parsed);
  const uses = outerUses(parsed.root, parsed.fn);
  if (uses.length === 0) return parsed.text;
  const captured = capturedNames(uses, parsed, findWritten(parsed.fn, stack()));
  throw refusal(fn, `it uses what is outside of it: ${adviceOn(captured)}`, captured);
}

/** Returns where each use is: in the text of the function, and in the file if it is known. */
function capturedNames(
  uses: readonly OuterUse[],
  { fn, columnShift }: ParsedFunction,
  writtenAt: WrittenAt | undefined,
): CapturedName[] {
  const start = writtenAt?.(fn as AnyNode);
  return uses.map(({ name, node }) => {
    const location = writtenAt?.(node);
    if (start !== undefined && location !== undefined) {
      const line = location.line - start.line + 1;
      const column = location.column - (line === 1 ? start.column - 1 : 0);
      return { name, line, column, location };
    }
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    return { name, line, column: column + 1 - (line === 1 ? columnShift : 0) };
  });
}

function refusal(fn: AnyFunction, why: string, captured?: CapturedName[]): ImpureFunctionError {
  const name = nameOf(fn);
  const shown = name === "" ? "the function" : `the function "${name}"`;
  return new ImpureFunctionError(`cannot send ${shown}: ${why}`, captured);
}

/** Matches names that coverage tools, bundlers and compilers insert. */
const INJECTED = /^(__|cov_|_ts_|_apply_decs|_jsx)/;

function adviceOn(captured: readonly CapturedName[]): string {
  const list = captured.map(({ name, line, column, location }) =>
    location === undefined
      ? `${name} (${line}:${column})`
      : `${name} (${location.file}:${location.line}:${location.column})`
  ).join(", ");
  const injected = captured.find(({ name }) => INJECTED.test(name));
  const hint = injected === undefined
    ? ""
    : `; ${injected.name} looks like a helper that a compiler, a bundler or a coverage tool put ` +
      `there: keep this function out of it, or send it as a module`;
  const given = captured.some(({ name }) => name === "channel" || name === "args")
    ? "; channel and args are parameters here: (channel, args) => …"
    : "";
  const ofText = captured.every(({ location }) => location === undefined)
    ? " (lines and columns are those of the function's text)"
    : "";
  return `${list}${ofText}. Pass it in args, declare it inside, or import it there with await import()` +
    given + hint;
}

interface ParsedFunction {
  root: Expression;
  fn: FunctionNode;
  /** An expression with the same meaning. */
  text: string;
  /** How many columns the parsed text has in front of the function on its first line. */
  columnShift: number;
}

/** Parses a function of any form. Returns the reason if it cannot be sent. */
function parseFunction(written: string): ParsedFunction | string {
  if (/\{\s*\[native code\]\s*\}\s*$/.test(written)) {
    return "it is native or bound, so it has no text; send a function that calls it";
  }
  const plain = parseWhole(`(${written}\n)`);
  if (plain?.type === "FunctionExpression" || plain?.type === "ArrowFunctionExpression") {
    return { root: plain, fn: plain, text: written, columnShift: 1 };
  }
  if (plain?.type === "ClassExpression") {
    return "it is a class; send a function that declares it inside and uses it";
  }
  const object = parseWhole(`({${written}\n})`);
  const property = object?.type === "ObjectExpression" ? object.properties[0] : undefined;
  if (object === undefined || property?.type !== "Property") return "its syntax is not understood";
  const { value } = property;
  if (!property.method || value.type !== "FunctionExpression") {
    return "it is an accessor; send a function that is called with the object";
  }
  const head = `${value.async ? "async " : ""}function${value.generator ? "*" : ""}`;
  const text = `${head} ${written.slice(value.start - 2)}`;
  return { root: object, fn: value, text, columnShift: 2 };
}

function parseWhole(text: string): Expression | undefined {
  try {
    return parseExpressionAt(text, 0, {
      ecmaVersion: "latest",
      sourceType: "module",
      // These parse, so that the error names them like any other captured name.

      allowSuperOutsideMethod: true,
      checkPrivateFields: false,
      locations: true,
      ranges: true,
    });
  } catch {
    return undefined;
  }
}

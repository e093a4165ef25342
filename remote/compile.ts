/**
 * Code that arrived as text, made callable; and its stacks, made readable.
 *
 * @module
 */

import { type KeptCode, stackName } from "../protocol/control.ts";
import { LOADER_MARK } from "./loader_mark.ts";
import { relay } from "./relay.ts";

/** What an execution runs. */
export type Runnable = (...args: unknown[]) => unknown;

interface FunctionMaker {
  new (...parametersAndBody: string[]): Runnable;
}

const AsyncFunction = (async () => {}).constructor as unknown as FunctionMaker;

/** Module code is strict; a function's body is not, unless it says so. */
const STRICT = `"use strict";\n`;
/** Lines in front of the text: two that the constructor makes, and {@linkcode STRICT}. */
const LINES_BEFORE = 3;
/** Ends its line, so that columns of the text's first line count from 1. */
const STRICT_RETURN = `"use strict"; return (\n`;

/** Code that can be run, as often as it is asked for. */
export interface CompiledCode {
  readonly run: Runnable;
  /** What stacks call it, unlike any other code of this process. */
  readonly url: string;
  /** How many executions of it have begun. */
  executions: number;
}

/** Whether a stack, as V8 gives it, has a line in this code. */
export function isFrom(stack: string, { url }: CompiledCode): boolean {
  return stack.includes(`${url}, <anonymous>:`);
}

let compiled = 0;

/**
 * Compiles code: what it gives runs it, for each execution anew. A `call` takes its arguments as they
 * are; a `map` takes none, and gives a function of `item` and `args`; the others take `channel` and
 * `args`.
 *
 * @throws {SyntaxError}
 */
export function compile(code: KeptCode): CompiledCode {
  const url = `execnet:${stackName(code.name)}#${++compiled}`;
  return { run: runnable(code, `\n//# sourceURL=${url}`), url, executions: 0 };
}

function runnable({ kind, name, position, text }: KeptCode, url: string): Runnable {
  switch (kind) {
    case "source":
    case "module":
      return compileBody(`${STRICT}${text}${url}`, `${stackName(name)}:${position}`);
    case "function":
    case "call": {
      const make = maker(text, url);
      return (...args) => make()(...args);
    }
    case "map":
      return maker(text, url);
    case "relay":
      return relay as Runnable;
  }
}

/** What makes the function of a text: so each execution has one of its own. */
function maker(text: string, url: string): () => Runnable {
  return new Function(`${STRICT_RETURN}${text}\n)${url}`) as () => Runnable;
}

/** @param place Where an error of syntax is, for its stack: V8 does not tell. */
function compileBody(body: string, place: string): Runnable {
  try {
    return new AsyncFunction("channel", "args", body);
  } catch (error) {
    if (error instanceof SyntaxError && !place.endsWith(":")) {
      error.stack = `${error.name}: ${error.message}\n    at ${place}`;
    }
    throw error;
  }
}

/** A frame of this program, or of the loader. */
const OWN_FRAME = new RegExp(`^\\s+at .*(execnet:remote\\b|base64,${btoa(LOADER_MARK)})`);

/**
 * A stack with the user's own lines: positions are those of the text that was sent, and the
 * frames of this program are left out.
 */
export function userStack(stack: string): string {
  const lines: string[] = [];
  for (const line of stack.split("\n")) {
    if (OWN_FRAME.test(line)) continue;
    lines.push(line.replace(
      /at (async )?(?:(.*?) )?\(?execnet:([^,\s]+?)#\d+, <anonymous>:(\d+):(\d+)\)?$/,
      (_, wait = "", called, name, row, column) => {
        const place = `${name}:${Number(row) - LINES_BEFORE}:${column}`;
        return called === undefined || called === "eval"
          ? `at ${wait}${place}`
          : `at ${wait}${called} (${place})`;
      },
    ));
  }
  return lines.join("\n");
}

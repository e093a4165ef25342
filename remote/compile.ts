/**
 * Compiles code, and cleans its stacks.
 *
 * @module
 */

import { type KeptCode, stackName } from "../protocol/control.ts";
import { LOADER_MARK } from "./loader_mark.ts";
import { relay } from "./relay.ts";

/** Compiled code. */
export type Runnable = (...args: unknown[]) => unknown;

interface FunctionMaker {
  new (...parametersAndBody: string[]): Runnable;
}

const AsyncFunction = (async () => {}).constructor as unknown as FunctionMaker;

/** Makes a body strict, as the code of a module is. */
const STRICT = `"use strict";\n`;
/** The lines before the text: two that the constructor adds, and {@linkcode STRICT}. */
const LINES_BEFORE = 3;
/** Begins a function expression. It ends its line, so that the columns of the text count from 1. */
const STRICT_RETURN = `"use strict"; return (\n`;

/** Code that can be run any number of times. */
export interface CompiledCode {
  readonly run: Runnable;
  /** Its name in stacks, which no other code of the process has. */
  readonly url: string;
  /** The number of executions that have begun. */
  executions: number;
}

/** Returns whether a stack of V8 has a frame in this code. */
export function isFrom(stack: string, { url }: CompiledCode): boolean {
  return stack.includes(`${url}, <anonymous>:`);
}

/**
 * Compiles code into a function that runs it. Each call runs it anew, for one execution. The code of a
 * `call` takes its arguments; that of a `map` takes none, and returns a function of `item` and `args`;
 * all other code takes `channel` and `args`.
 *
 * @param channel The id of the channel that it was sent on, which no other code has.
 * @throws {SyntaxError} when the text does not parse.
 */
export function compile(code: KeptCode, channel: number): CompiledCode {
  const url = `execnet:${stackName(code.name)}#${channel}`;
  return { run: runnable(code, `\n//# sourceURL=${url}`), url, executions: 0 };
}

function runnable({ kind, name, position, text }: KeptCode, url: string): Runnable {
  switch (kind) {
    case "source":
    case "module":
      return compileBody(`${STRICT}${text}${url}`, `${stackName(name)}:${position}`);
    case "function":
    case "call": {
      const make = makerOf(text, url);
      return (...args) => make()(...args);
    }
    case "map":
      return makerOf(text, url);
    case "relay":
      return relay as Runnable;
  }
}

/** Returns a function that makes the function of a text: each execution has one of its own. */
function makerOf(text: string, url: string): () => Runnable {
  return new Function(`${STRICT_RETURN}${text}\n)${url}`) as () => Runnable;
}

/** Returns the id of the channel that the code of the innermost frame was sent on; 0 if there is none. */
export function sentOn(stack: string): number {
  return Number(/execnet:[^,\s]+?#(\d+), <anonymous>:/.exec(stack)?.[1] ?? 0);
}

/**
 * Compiles the body of an async function.
 *
 * @param place The position of a syntax error, for its stack: V8 does not report it.
 */
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
 * Returns a stack with only the user's own frames: their positions are those in the text that was
 * sent, and the frames of this program are left out.
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

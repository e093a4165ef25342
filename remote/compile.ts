/**
 * Code that arrived as text, made callable; and its stacks, made readable.
 *
 * @module
 */

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
const PREFIX = "return (";

/** The name of a piece of code in stacks. */
function urlOf(name: string): string {
  return `execnet:${name.replaceAll(/[^\w.$@/:-]/g, "_")}`;
}

/** Whether a stack, as V8 gives it, has a line in the code of this name. */
export function isFrom(stack: string, name: string): boolean {
  return stack.includes(`${urlOf(name)}, <anonymous>:`);
}

const COMPILED_TEXTS = 256;
const cache = new Map<string, Runnable>();

function compiled(key: string, compile: () => Runnable): Runnable {
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= COMPILED_TEXTS) cache.clear();
  const made = compile();
  cache.set(key, made);
  return made;
}

/**
 * The body of `async (channel, args)`.
 *
 * @param position `line:column` for a stack, where the text is not valid: V8 does not tell.
 * @throws {SyntaxError}
 */
export function compileSource(text: string, name: string, position: string): Runnable {
  const body = `${STRICT}${text}\n//# sourceURL=${urlOf(name)}`;
  try {
    return compiled(`source ${body}`, () => new AsyncFunction("channel", "args", body));
  } catch (error) {
    if (error instanceof SyntaxError && position !== "") {
      error.stack = `${error.name}: ${error.message}\n    at ${name}:${position}`;
    }
    throw error;
  }
}

/**
 * The text of one function expression.
 *
 * @throws {SyntaxError}
 */
export function compileFunction(text: string, name: string): Runnable {
  const body = `${STRICT}${PREFIX}${text}\n)\n//# sourceURL=${urlOf(name)}`;
  // What is kept makes the function: so each execution has one of its own.
  return compiled(`function ${body}`, () => new Function(body) as Runnable)() as Runnable;
}

/**
 * A stack with the user's own lines: positions are those of the text that was sent, and the
 * frames of this program are left out.
 */
export function userStack(stack: string): string {
  const lines: string[] = [];
  for (const line of stack.split("\n")) {
    if (/^\s+at .*(execnet:remote\b|base64,LypleGVjbmV0Ki8)/.test(line)) continue;
    lines.push(line.replace(
      /at (async )?(?:(.*?) )?\(?execnet:([^,\s]+), <anonymous>:(\d+):(\d+)\)?$/,
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

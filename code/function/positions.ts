/**
 * Where functions of this process were written: asked of V8 by its inspector, and only when an
 * error of one has come.
 *
 * @module
 */

import { within } from "../../internal/wait.ts";
import type { Locate, Place } from "../code.ts";

// deno-lint-ignore ban-types -- any function at all
export type AnyFunction = Function;

/** The inspector answers within some 30 ms at first; its answer is not worth a longer wait. */
const INSPECTOR_TIMEOUT_MS = 2_000;

const known = new WeakMap<AnyFunction, Locate | Promise<Locate | undefined>>();

/**
 * The places of a function's text in the file where it was written. Nothing where this process may
 * not use the inspector (`--allow-sys`; nobody is asked for it), or V8 does not tell.
 *
 * @param sent The text that was sent.
 * @param written The text as the function has it; they differ at most in their beginning.
 */
export function locateFunction(
  fn: AnyFunction,
  sent: string,
  written: string,
): Locate | undefined | Promise<Locate | undefined> {
  const seen = known.get(fn);
  if (seen !== undefined) return seen;
  if (!mayInspect()) return undefined;
  const asked = findFunction(fn, written).then((found) => {
    if (found === undefined) return undefined;
    const locate = placesOf(sent, written, found);
    known.set(fn, locate);
    return locate;
  }, () => undefined);
  known.set(fn, asked);
  return asked;
}

function mayInspect(): boolean {
  try {
    const kind = "inspector" as Deno.SysPermissionDescriptor["kind"];
    return Deno.permissions.querySync({ name: "sys", kind }).state === "granted";
  } catch {
    return false; // a Deno that does not know the kind
  }
}

interface Found {
  url: string;
  /** The script as it runs, which is not as it was written. */
  source: string;
  /** Where the function begins in it. */
  start: number;
}

interface FunctionLocation {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}

async function findFunction(fn: AnyFunction, written: string): Promise<Found | undefined> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  const urls = new Map<string, string>();
  session.on(
    "Debugger.scriptParsed",
    ({ params }: { params: { scriptId: string; url: string } }) =>
      urls.set(params.scriptId, params.url),
  );
  session.connect();
  const key = `execnet:${crypto.randomUUID()}`;
  Object.defineProperty(globalThis, key, { value: fn, configurable: true });
  try {
    return await within(ask(session, key, urls, written), INSPECTOR_TIMEOUT_MS);
  } finally {
    Reflect.deleteProperty(globalThis, key);
    session.disconnect();
  }
}

/** What is used of the inspector's session. */
interface Asked {
  post(
    method: string,
    params: Record<string, unknown>,
    answer: (error: Error | null, result?: unknown) => void,
  ): void;
}

async function ask(
  session: unknown,
  key: string,
  urls: ReadonlyMap<string, string>,
  written: string,
): Promise<Found | undefined> {
  const post = (method: string, params: Record<string, unknown> = {}) =>
    new Promise<Record<string, unknown>>((resolve, reject) =>
      (session as Asked).post(
        method,
        params,
        (error, result) => error ? reject(error) : resolve(result as Record<string, unknown>),
      )
    );
  await post("Debugger.enable");
  const { result } = await post("Runtime.evaluate", {
    expression: `globalThis[${JSON.stringify(key)}]`,
  });
  const { internalProperties } = await post("Runtime.getProperties", {
    objectId: (result as { objectId: string }).objectId,
    ownProperties: true,
  });
  const location = (internalProperties as { name: string; value?: { value: FunctionLocation } }[])
    .find(({ name }) => name === "[[FunctionLocation]]")?.value?.value;
  if (location === undefined) return undefined;
  const { scriptId, lineNumber, columnNumber } = location;
  const { scriptSource } = await post("Debugger.getScriptSource", { scriptId });
  const source = String(scriptSource);
  // V8 gives a place somewhere in the function's head.
  const inHead = lineStart(source, lineNumber) + columnNumber;
  const start = source.lastIndexOf(written, inHead);
  const url = urls.get(scriptId);
  if (start < 0 || start + written.length < inHead || url === undefined) return undefined;
  return { url, source, start };
}

function placesOf(sent: string, written: string, { url, source, start }: Found): Locate {
  const { runInThisContext } = globalThis.process.getBuiltinModule("node:vm") as {
    runInThisContext(code: string, options: Record<string, unknown>): Error;
  };
  return (line, column) => {
    const at = start + lineStart(sent, line - 1) + column - 1 + written.length - sent.length;
    const before = source.slice(0, at);
    // Deno maps the position of whatever error says that it comes from there.
    const { stack } = runInThisContext("new Error()", {
      filename: url,
      lineOffset: before.split("\n").length - 1,
      columnOffset: at - (before.lastIndexOf("\n") + 1),
    });
    return placeIn(String(stack));
  };
}

function placeIn(stack: string): Place | undefined {
  const frame = /^\s+at (?:.* \()?(.+):(\d+):(\d+)\)?$/m.exec(stack);
  if (frame === null) return undefined;
  return { file: frame[1], line: Number(frame[2]), column: Number(frame[3]) };
}

/** The index of the first character of a line, which is counted from 0. */
function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf("\n", at) + 1;
  return at;
}

/**
 * Finds where functions of this process were written. It asks V8's inspector, and only when an error
 * of a function has been received.
 *
 * @module
 */

import { within } from "../../internal/wait.ts";
import type { AnyFunction } from "../call.ts";
import type { Locate, SourceLocation } from "../code.ts";

/** The first answer of the inspector takes about 30 ms; it is not worth a much longer wait. */
const INSPECTOR_TIMEOUT_MS = 2_000;

const known = new WeakMap<AnyFunction, Locate | Promise<Locate | undefined>>();

/**
 * Returns a function that maps positions in the sent text to the file where `fn` was written. Returns
 * `undefined` if this process may not use the inspector (it needs `--allow-sys`, and does not ask for
 * it), or if V8 does not know.
 *
 * @param sent The text that was sent.
 * @param written The text of `fn`. The two differ at most in their beginning.
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
    const locate = locateIn(sent, written, found);
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
    return false; // this Deno does not know the kind
  }
}

interface Found {
  url: string;
  /** The script as V8 runs it: without types, for example. */
  source: string;
  /** The index in `source` where the function begins. */
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

/** The used part of an inspector's session. */
interface InspectorSession {
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
      (session as InspectorSession).post(
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
  // V8 reports a position somewhere in the head of the function.
  const inHead = lineStart(source, lineNumber) + columnNumber;
  const start = source.lastIndexOf(written, inHead);
  const url = urls.get(scriptId);
  if (start < 0 || start + written.length < inHead || url === undefined) return undefined;
  return { url, source, start };
}

function locateIn(sent: string, written: string, { url, source, start }: Found): Locate {
  const { runInThisContext } = globalThis.process.getBuiltinModule("node:vm") as {
    runInThisContext(code: string, options: Record<string, unknown>): Error;
  };
  return (line, column) => {
    const at = start + lineStart(sent, line - 1) + column - 1 + written.length - sent.length;
    const before = source.slice(0, at);
    // Deno maps the position of any error that claims to come from that script.
    const { stack } = runInThisContext("new Error()", {
      filename: url,
      lineOffset: before.split("\n").length - 1,
      columnOffset: at - (before.lastIndexOf("\n") + 1),
    });
    return firstLocation(String(stack));
  };
}

function firstLocation(stack: string): SourceLocation | undefined {
  const frame = /^\s+at (?:.* \()?(.+):(\d+):(\d+)\)?$/m.exec(stack);
  if (frame === null) return undefined;
  return { file: frame[1], line: Number(frame[2]), column: Number(frame[3]) };
}

/** Returns the index of the first character of a line, counted from 0. */

function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 0; i < line; i++) at = text.indexOf("\n", at) + 1;
  return at;
}

/**
 * Files of modules as JavaScript that is understood here.
 *
 * @module
 */

import { parse, type Program } from "acorn";
import type { Locate, SourceLocation } from "../code.ts";
import { positionOf } from "../edits.ts";
import { canStripTypes, type Script as PlainScript, withoutTypes } from "../source.ts";
import { type ModuleRecord, moduleRecord } from "./record.ts";

/** A file as JavaScript. */
export interface Script {
  text: string;
  /** Finds positions in the file as it was written. */
  original: Locate;
  record: ModuleRecord;
}

/** A mistake in the text of a module, with its place. */
export class ModuleSyntaxError extends SyntaxError {
  /** Its class name. */
  override name = "SyntaxError";

  /** Says what is wrong, and where. */
  constructor(what: string, at: SourceLocation, cause?: unknown) {
    super(`${what} at ${shownLocation(at)}`, { cause });
  }
}

/** Returns a location as `file:line:column`. */
export function shownLocation({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}

/** Returns the location in its file of an index in the text of a script. */
export function locationOf({ text, original }: Script, url: string, index: number): SourceLocation {
  const { line, column } = positionOf(text, index);
  return original(line, column) ?? { file: url, line: 1, column: 1 };
}

const CACHED_SCRIPTS = 1_000;
const known = new Map<string, Script>();

/**
 * Returns a file as JavaScript. Returns `undefined` if only Deno itself can make that of it: it is
 * JSX, or has decorators.
 *
 * @throws {ModuleSyntaxError} if it is not valid.
 */
export function plainScript(url: string, text: string): Script | undefined {
  const ending = /\.([cm]?[jt]sx?)$/.exec(new URL(url).pathname)?.[1] ?? "js";
  if (ending.endsWith("x")) return undefined;
  if (ending.endsWith("js")) return remembered(`${url} ${text}`, () => javaScript(url, text));
  if (!canStripTypes) return undefined;
  return remembered(`${url} ${text}`, () => {
    const plain = withoutTypes(text);
    if (plain.position !== "") return undefined;
    try {
      return scriptOf(url, plain, true);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  });
}

/** Returns what Deno made of a file. */
export function transpiledScript(
  url: string,
  plain: Pick<PlainScript, "text" | "original">,
): Script {
  return scriptOf(url, plain, false);
}

function javaScript(url: string, text: string): Script {
  return scriptOf(url, { text, original: (line, column) => ({ file: url, line, column }) }, false);
}

function remembered(key: string, make: () => Script | undefined): Script | undefined {
  const seen = known.get(key);
  if (seen !== undefined) return seen;
  const made = make();
  if (made === undefined) return undefined;
  if (known.size >= CACHED_SCRIPTS) known.clear();
  known.set(key, made);
  return made;
}

function scriptOf(
  url: string,
  { text, original }: Pick<PlainScript, "text" | "original">,
  elides: boolean,
): Script {
  const { program, deferred } = parseModule(url, text, original);
  return {
    text,
    original(line, column) {
      const found = original(line, column);
      return found && { ...found, file: url };
    },
    record: moduleRecord(program, deferred, elides),
  };
}

const DEFER = /\bimport\s+defer(?=\s*\*)/g;

/** Parses a module, with `import defer` as an import. */
function parseModule(
  url: string,
  text: string,
  original: Locate,
): { program: Program; deferred: Set<number> } {
  // acorn does not know it.
  const defers = Array.from(text.matchAll(DEFER), ({ index }) => index);
  const plain = text.replace(DEFER, (keywords) => "import".padEnd(keywords.length));
  try {
    const program = parse(plain, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true,
      locations: true,
      ranges: true,
    });
    return { program, deferred: new Set(defers) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column } = (error as { loc?: { line: number; column: number } }).loc ??
      { line: 1, column: 0 };
    const at = original(line, column + 1) ?? { line, column: column + 1 };
    const what = error.message.replace(/ \(\d+:\d+\)$/, "");
    throw new ModuleSyntaxError(what, { ...at, file: url }, error);
  }
}

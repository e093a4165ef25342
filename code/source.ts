/**
 * Prepares source text to be sent: without types, and with its imports as expressions.
 *
 * @module
 */

import { parse, type Program } from "acorn";
import * as nodeModule from "node:module";
import type { Locate } from "./code.ts";
import { hoistImports, positionOf } from "./imports.ts";
import { splitMap } from "./source_map.ts";
import { usesOfImports } from "./uses.ts";

type StripTypes = (
  code: string,
  options?: { mode?: "strip" | "transform"; sourceMap?: boolean },
) => string;

const stripTypes = (nodeModule as { stripTypeScriptTypes?: StripTypes }).stripTypeScriptTypes;

/** Whether this Deno removes types by itself: 2.7 and the first 2.8 do not. */
export const canStripTypes: boolean = stripTypes !== undefined;

/** Source text that is ready to be sent. */
export interface SourceCode {
  readonly kind: "source";
  /** The text to send. */
  readonly text: string;
  /** `line:column` of a syntax error; empty if there is none. */
  readonly position: string;
  /** Finds positions in the text as it was written; the file is empty. */
  readonly locate: Locate;
}

const CACHED_TEXTS = 256;
const cache = new Map<string, SourceCode>();

/**
 * Prepares source text to be sent. Text with a syntax error is sent, and fails there.
 *
 * @throws {TypeError} if it is a function that nothing calls.
 */
export function sourceCode(text: string): SourceCode {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHED_TEXTS) cache.clear();
  const code = prepare(text);
  cache.set(text, code);
  return code;
}

function prepare(written: string): SourceCode {
  // As long as the line that a program may begin with.
  const text = written.replace(/^#!/, "//");
  const script = withoutTypes(text);
  const { original } = script;
  if (script.position !== "") {
    return { kind: "source", text, position: script.position, locate: inPlace };
  }
  let program: Program;
  try {
    program = parse(script.text, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowReturnOutsideFunction: true,
      ranges: true,
    });
  } catch (error) {
    return { kind: "source", text: script.text, position: positionOf(error), locate: original };
  }
  if (isUncalledFunction(program)) {
    throw new TypeError(
      "the source text is a function that nothing calls; give the function itself to remoteExec, or " +
        "call it in the text",
    );
  }
  const hasImports = program.body.some(({ type }) => type === "ImportDeclaration");
  const used = hasImports ? usesOfImports(program) : undefined;
  const { prelude, rest } = hoistImports(script.text, program, used);
  return {
    kind: "source",
    text: prelude + rest,
    position: "",
    locate: behind(prelude, original),
  };
}

/** Returns whether a program is the text of a function: running it would do nothing. */
function isUncalledFunction({ body: [first, ...others] }: Program): boolean {
  if (others.length > 0) return false;
  return first?.type === "FunctionDeclaration" ||
    (first?.type === "ExpressionStatement" && /Function/.test(first.expression.type));
}

const inPlace: Locate = (line, column) => ({ file: "", line, column });

/** Returns `locate` for the same text with `prelude` in front of its first line. */
export function behind(prelude: string, locate: Locate): Locate {
  if (prelude === "") return locate;
  return (line, column) =>
    line > 1
      ? locate(line, column)
      // The prelude was itself written on the first line, or further down.
      : locate(line, Math.max(column - prelude.length, 1));
}

/** A script without types. */
export interface Script {
  /** The script, or the unchanged text if it has a syntax error. */
  text: string;
  /** `line:column` of a syntax error; empty if there is none, or its position is not known. */
  position: string;
  /** Finds positions in the text as it was written; the file is empty. */
  original: Locate;
}

/** Removes the types of TypeScript. */
export function withoutTypes(text: string): Script {
  if (stripTypes === undefined) return { text, position: "", original: inPlace };
  try {
    return { text: stripTypes(text), position: "", original: inPlace };
  } catch (error) {
    return transformed(text, /not supported in (?:strip-only|type strip) mode/.test(String(error)));
  }
}

/** Transforms a text with enums and the like, which need more than blanks in the place of types. */
function transformed(text: string, isValid: boolean): Script {
  try {
    const script = stripTypes?.(text, { mode: "transform", sourceMap: true });
    // A transform repairs some invalid text, which would then run as something that nobody wrote.
    if (!isValid || script === undefined) return { text, position: "", original: inPlace };
    const mapped = splitMap(script);
    const original: Locate = (line, column) => {
      const found = mapped.original(line, column);
      return found && { ...found, file: "" };
    };
    return { text: mapped.text, position: "", original };
  } catch (error) {
    // Only the text of the error has the position: "… at file:///stripTypeScriptTypes.ts:4:22".

    const position = /stripTypeScriptTypes\.ts:(\d+:\d+)/.exec(String(error))?.[1] ?? "";
    return { text, position, original: inPlace };
  }
}

/**
 * Source text as the remote runs it: without types, and with its imports as expressions.
 *
 * @module
 */

import { parse, type Program } from "acorn";
import * as nodeModule from "node:module";
import type { Locate } from "./code.ts";
import { hoistImports } from "./imports.ts";
import { takeMap } from "./source_map.ts";
import { positionOf } from "./imports.ts";

type StripTypes = (
  code: string,
  options?: { mode?: "strip" | "transform"; sourceMap?: boolean },
) => string;

// Younger than the oldest Deno that runs this: there, source text has to be JavaScript.
const stripTypes = (nodeModule as { stripTypeScriptTypes?: StripTypes }).stripTypeScriptTypes;

/** Source text that is ready to be sent. */
export interface SourceCode {
  kind: "source";
  /** What is sent. */
  text: string;
  /** `line:column` of an error of syntax; empty where there is none. */
  position: string;
  /** Where its positions are in the text as it was written; the file is left empty. */
  locate: Locate;
}

const CACHED_TEXTS = 256;
const cache = new Map<string, SourceCode>();

/**
 * What to send for `text`. Text that is not valid is left to fail there.
 *
 * @throws {TypeError} when it is a function that nothing calls.
 */
export function sourceCode(text: string): SourceCode {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHED_TEXTS) cache.clear();
  const code = prepare(text);
  cache.set(text, code);
  return code;
}

function prepare(text: string): SourceCode {
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
  const { prelude, rest } = hoistImports(script.text, program);
  return {
    kind: "source",
    text: prelude + rest,
    position: "",
    locate: behind(prelude, original),
  };
}

/** Such as the text of a function: to run it would do nothing. */
function isUncalledFunction({ body: [first, ...others] }: Program): boolean {
  if (others.length > 0) return false;
  return first?.type === "FunctionDeclaration" ||
    (first?.type === "ExpressionStatement" && /Function/.test(first.expression.type));
}

const inPlace: Locate = (line, column) => ({ file: "", line, column });

/** Positions of a text in front of whose first line something was put. */
export function behind(prelude: string, locate: Locate): Locate {
  if (prelude === "") return locate;
  return (line, column) =>
    line > 1
      ? locate(line, column)
      // What the prelude itself does, was written on the first line or further down.
      : locate(line, Math.max(column - prelude.length, 1));
}

/** A script without types. */
export interface Script {
  /** The script, or the unchanged text where something is wrong in it. */
  text: string;
  /** `line:column` of what is wrong; empty where that is nothing, or not known. */
  position: string;
  /** Where its positions are in the text as it was written; the file is left empty. */
  original: Locate;
}

/** Takes the types of TypeScript out. */
export function withoutTypes(text: string): Script {
  if (stripTypes === undefined) return { text, position: "", original: inPlace };
  try {
    return { text: stripTypes(text), position: "", original: inPlace };
  } catch (error) {
    return transformed(text, /not supported in strip-only mode/.test(String(error)));
  }
}

/** For enums and the like, which need more than blanks in the place of types. */
function transformed(text: string, isValid: boolean): Script {
  try {
    const script = stripTypes?.(text, { mode: "transform", sourceMap: true });
    // A transform mends some of what is not valid: that is not what was written.
    if (!isValid || script === undefined) return { text, position: "", original: inPlace };
    const mapped = takeMap(script);
    const original: Locate = (line, column) => {
      const place = mapped.original(line, column);
      return place && { ...place, file: "" };
    };
    return { text: mapped.text, position: "", original };
  } catch (error) {
    // Only its text says where: "… at file:///stripTypeScriptTypes.ts:4:22".
    const position = /stripTypeScriptTypes\.ts:(\d+:\d+)/.exec(String(error))?.[1] ?? "";
    return { text, position, original: inPlace };
  }
}

/**
 * Source text as the remote runs it: without types, and with its imports as expressions.
 *
 * @module
 */

import { type Identifier, type ImportDeclaration, type Literal, parse, type Program } from "acorn";
import * as nodeModule from "node:module";
import type { Code } from "./code.ts";
import { positionOf } from "./syntax.ts";

type StripTypes = (code: string, options?: { mode?: "strip" | "transform" }) => string;

// Younger than the oldest Deno that runs this: there, source text has to be JavaScript.
const stripTypes = (nodeModule as { stripTypeScriptTypes?: StripTypes }).stripTypeScriptTypes;

const CACHED_TEXTS = 256;
const cache = new Map<string, Omit<Code, "name">>();

/** What to send for `text`. Lines stay where they are. Text that is not valid is left to fail there. */
export function sourceCode(text: string): Omit<Code, "name"> {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHED_TEXTS) cache.clear();
  const code = prepare(text);
  cache.set(text, code);
  return code;
}

function prepare(text: string): Omit<Code, "name"> {
  const { text: script, position: wrong } = withoutTypes(text);
  if (wrong !== "") return { kind: "source", text, position: wrong };
  let program: Program;
  try {
    program = parse(script, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowReturnOutsideFunction: true,
    });
  } catch (error) {
    return { kind: "source", text: script, position: positionOf(error) };
  }
  return { kind: "source", text: hoistImports(script, program), position: "" };
}

/** The text without types, or unchanged with the position of what is wrong in it. */
function withoutTypes(text: string): { text: string; position: string } {
  if (stripTypes === undefined) return { text, position: "" };
  try {
    return { text: stripTypes(text), position: "" };
  } catch (error) {
    return transformed(text, /not supported in strip-only mode/.test(String(error)));
  }
}

/** For enums and the like, which need more than blanks in the place of types. */
function transformed(text: string, isValid: boolean): { text: string; position: string } {
  try {
    const script = stripTypes?.(text, { mode: "transform" });
    // A transform mends some of what is not valid: that is not what was written.
    return { text: isValid && script !== undefined ? script : text, position: "" };
  } catch (error) {
    // Only its text says where: "… at file:///stripTypeScriptTypes.ts:4:22".
    const position = /stripTypeScriptTypes\.ts:(\d+:\d+)/.exec(String(error))?.[1] ?? "";
    return { text, position };
  }
}

/** Imports come first whatever their place: as `await import(…)` in front, on the first line. */
function hoistImports(text: string, program: Program): string {
  const imports = program.body.filter((node) => node.type === "ImportDeclaration");
  if (imports.length === 0) return text;
  let rest = text;
  for (const { start, end } of imports) {
    rest = rest.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, " ") + rest.slice(end);
  }
  return imports.map(importExpression).join("") + rest;
}

function importExpression(node: ImportDeclaration, index: number): string {
  const module = `__import${index}`;
  const names: string[] = [];
  let namespace = "";
  for (const specifier of node.specifiers) {
    const local = specifier.local.name;
    switch (specifier.type) {
      case "ImportDefaultSpecifier":
        names.push(`default: ${local}`);
        break;
      case "ImportSpecifier":
        names.push(`${exportName(specifier.imported)}: ${local}`);
        break;
      case "ImportNamespaceSpecifier":
        namespace = `const ${local} = ${module}; `;
        break;
    }
  }
  const attributes = (node.attributes ?? []).map(({ key, value }) =>
    `${exportName(key)}: ${JSON.stringify(value.value)}`
  );
  const options = attributes.length > 0 ? `, { with: { ${attributes.join(", ")} } }` : "";
  return `const ${module} = await import(${JSON.stringify(node.source.value)}${options}); ` +
    namespace + checkedNames(module, names);
}

/** A name that the module does not export is an error, as it is in a declaration. */
function checkedNames(module: string, names: string[]): string {
  if (names.length === 0) return "";
  const exported = names.map((name) => name.slice(0, name.lastIndexOf(": ")));
  const check = exported.map((name) => {
    const key = name.startsWith('"') ? name : JSON.stringify(name);
    return `if (!(${key} in ${module})) throw new SyntaxError("the module has no export " + ${key}); `;
  });
  return `${check.join("")}const { ${names.join(", ")} } = ${module}; `;
}

function exportName(name: Identifier | Literal): string {
  return name.type === "Identifier" ? name.name : JSON.stringify(name.value);
}

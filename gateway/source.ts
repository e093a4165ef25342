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
  const script = withoutTypes(text);
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

function withoutTypes(text: string): string {
  if (stripTypes === undefined) return text;
  try {
    return stripTypes(text);
  } catch { /* invalid, or it needs more than blanks: enums, namespaces */ }
  try {
    return stripTypes(text, { mode: "transform" });
  } catch {
    return text;
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

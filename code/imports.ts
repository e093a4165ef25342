/**
 * Turns import declarations into `await import(…)`, for text that becomes the body of a function.
 *
 * @module
 */

import type { Identifier, ImportDeclaration, Literal, Program } from "acorn";

/** A script whose import declarations were moved to the front. */
export interface Hoisted {
  /** The imports as one line, to put in front: they run first, wherever they were written. */
  prelude: string;
  /** The script with blanks in their place, so that every line and column stays. */
  rest: string;
}

/**
 * Moves the import declarations of a script to the front.
 *
 * @param used The imported names that values use, if others may be types.
 */
export function hoistImports(
  text: string,
  program: Program,
  used?: { has(name: string): boolean },
): Hoisted {
  const imports = program.body.filter((node) => node.type === "ImportDeclaration");
  let rest = text;
  for (const { start, end } of imports) {
    rest = rest.slice(0, start) + blanks(text.slice(start, end)) + rest.slice(end);
  }
  return { prelude: imports.map((node, i) => importExpression(node, i, used)).join(""), rest };
}

/** Returns a text with each character but line ends replaced by a blank. */
export function blanks(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function importExpression(
  node: ImportDeclaration,
  index: number,
  used: { has(name: string): boolean } | undefined,
): string {
  const module = `__import${index}`;
  const names: string[] = [];
  let namespace = "";
  for (const specifier of node.specifiers) {
    const local = specifier.local.name;
    if (used?.has(local) === false) continue;
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

/** Returns code that throws for a name that the module does not export, as a declaration would. */

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

/** Returns the name in an import or an export, which may be a string. */
export function nameOf(name: Identifier | Literal): string {
  return name.type === "Identifier" ? name.name : String(name.value);
}

/** Returns the position of a parser's error as `line:column`, both from 1; empty if it has none. */
export function positionOf(error: unknown): string {
  const place = (error as { loc?: { line: number; column: number } }).loc;
  return place === undefined ? "" : `${place.line}:${place.column + 1}`;
}

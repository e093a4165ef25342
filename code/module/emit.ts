/**
 * Turns a script of a graph into the body of a generator, as the runtime of a graph wants it.
 *
 * @module
 */

import type { ExportDefaultDeclaration } from "acorn";
import { applyEdits, type Edit, type EditedText } from "../edits.ts";
import { blanks } from "../imports.ts";
import type { ScriptModule } from "./graph.ts";
import type { ImportedName } from "./record.ts";
import type { NameUse } from "../uses.ts";

/** Names that the emitted text uses. The scripts of the graph have none of them. */
export interface LinkNames {
  /** The object of the runtime. */
  runtime: string;
  /** A default export without a name of its own. */
  main: string;
  /** `import.meta`. */
  meta: string;
  /** Returns the variable with the namespace of a request. */
  space(request: number): string;
  /** Returns an expression for a dynamic import; `undefined` if it stays as it is. */
  load(request: number): string | undefined;
}

/** Emits a script: imports and exports become blanks, and imported names become properties. */
export function emitScript({ url, script }: ScriptModule, names: LinkNames): EditedText {
  const { text, record } = script;
  const edits: Edit[] = [];
  const blank = (start: number, end: number) =>
    edits.push({ start, end, text: blanks(text.slice(start, end)) });
  if (text.startsWith("#!")) edits.push({ start: 0, end: 2, text: "//" });
  for (const node of record.program.body) {
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        blank(node.start, node.end);
        break;
      case "ExportNamedDeclaration":
        blank(node.start, node.declaration?.start ?? node.end);
        break;
      case "ExportDefaultDeclaration":
        edits.push(...defaultEdits(text, node, names.main));
    }
  }
  for (const imported of record.imports) {
    for (const use of imported.uses) edits.push(useEdit(use, imported, names));
  }
  for (const { start, end } of record.metas) edits.push({ start, end, text: names.meta });
  for (const [request, { phase, start, end }] of record.requests.entries()) {
    const expression = phase === "dynamic" ? names.load(request) : undefined;
    if (expression !== undefined) edits.push({ start, end, text: expression });
  }
  for (const { start } of record.computed) {
    const end = text.indexOf("(", start) + 1;
    edits.push({ start, end, text: `${names.runtime}.import(${JSON.stringify(url)}, ` });
  }
  return applyEdits(text, edits);
}

/** Returns an expression for an imported name. */
export function importedExpression(
  { request, name }: Pick<ImportedName, "request" | "name">,
  { space }: LinkNames,
): string {
  if (name === undefined) return space(request);
  return /^[\w$]+$/.test(name)
    ? `${space(request)}.${name}`
    : `${space(request)}[${JSON.stringify(name)}]`;
}

function useEdit(
  { start, end, kind, beginsStatement }: NameUse,
  imported: ImportedName,
  names: LinkNames,
): Edit {
  const name = importedExpression(imported, names);
  switch (kind) {
    case "value":
      return { start, end, text: name };
    case "shorthand":
      return { start, end, text: `${imported.local}: ${name}` };
    case "callee":
      // The line before may lack its semicolon, and a parenthesis would call what it has.
      return { start, end, text: `${beginsStatement ? ";" : ""}(0, ${name})`, isCalled: true };
  }
}

/** Returns the name of a default export that is a declaration, if it has one. */
export function declaredName(
  declaration: ExportDefaultDeclaration["declaration"],
): string | undefined {
  const isDeclaration = declaration.type === "FunctionDeclaration" ||
    declaration.type === "ClassDeclaration";
  return isDeclaration ? declaration.id?.name : undefined;
}

/** Makes a declaration of a default export. */
function defaultEdits(text: string, node: ExportDefaultDeclaration, main: string): Edit[] {
  const { start, end, declaration } = node;
  const [keywords] = /^export(?:\s|\/\*[^]*?\*\/|\/\/.*)*default/.exec(text.slice(start)) ?? [""];
  const behind = start + keywords.length;
  const without = { start, end: behind, text: blanks(keywords) };
  if (declaredName(declaration) !== undefined) return [without];
  if (declaration.type === "FunctionDeclaration") {
    const open = text.indexOf("(", declaration.start);
    return [without, { start: open, end: open, text: ` ${main}` }];
  }
  const hasSemicolon = declaration.type !== "ClassDeclaration" && text[end - 1] === ";";
  const last = hasSemicolon ? end - 1 : end;
  return [
    // As a property, a function or a class without a name gets the name "default".
    { start, end: behind, text: `const ${main} = { default:` },
    { start: last, end: last, text: hasSemicolon ? " }.default" : " }.default;" },
  ];
}

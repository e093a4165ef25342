/**
 * Turns a module into the body of a function. So it runs with `channel` and `args` bound, and without
 * being loaded as a module, which V8 would never free.
 *
 * @module
 */

import {
  type ExportDefaultDeclaration,
  type Identifier,
  type Literal,
  parse,
  type Program,
} from "acorn";
import { nodesOf } from "../ast.ts";
import { blanks, hoistImports, positionOf } from "../imports.ts";

// With a digit they are as long as `import.meta` and `export default `, so that columns stay.
const META = "importMeta";
const DEFAULT = "$default";

/** The text of a module as it is sent. */
export interface ModuleText {
  /** The body of `async (channel, args)`; it returns the default export. */
  text: string;
  /** The part in front of the first line; everything else is where it was. */
  prelude: string;
}

/**
 * Makes the body. It is a block, so that the module may itself declare `channel` and `args`.
 *
 * @param urlAt Returns `import.meta.url` for a position of the script; both count from 1.
 * @throws {SyntaxError} with the position, if the script is not valid.
 */
export function moduleText(
  script: string,
  urlAt: (line: number, column: number) => string,
): ModuleText {
  const program = parseModule(script);
  const { prelude: imports, rest } = hoistImports(script, program);
  const metas = metaNames(program, urlAt);
  const exported = exportEdits(rest, program);
  const edits = [...metas.edits, ...exported.edits];
  const prelude = `{ ${metas.prelude}${imports}${exported.prelude}`;
  return { text: `${prelude}${edited(rest, edits)}\nreturn ${exported.main}; }`, prelude };
}

/**
 * Parses a module.
 *
 * @throws {SyntaxError} whose message ends with the position.
 */
export function parseModule(script: string): Program {
  try {
    return parse(script, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowHashBang: true,
      locations: true,
    });
  } catch (error) {
    const message = String((error as Error).message).replace(/ \(\d+:\d+\)$/, "");
    throw new SyntaxError(`${message} at ${positionOf(error)}`, { cause: error });
  }
}

/** Replaces each `import.meta` by a name; there is one name for each file. */
function metaNames(
  program: Program,
  urlAt: (line: number, column: number) => string,
): { edits: Edit[]; prelude: string } {
  const urls: string[] = [];
  const edits: Edit[] = [];
  for (const node of nodesOf(program)) {
    if (node.type !== "MetaProperty" || node.meta.name !== "import") continue;
    const { line, column } = node.loc?.start ?? { line: 1, column: 0 };
    const url = urlAt(line, column + 1);
    if (!urls.includes(url)) urls.push(url);
    edits.push({ start: node.start, end: node.end, text: `${META}${urls.indexOf(url)}` });
  }
  return { edits, prelude: urls.map(metaObject).join("") };
}

/** Returns a declaration for the `import.meta` of a file. A sent module is never the main module. */
function metaObject(url: string, index: number): string {
  const name = `${META}${index}`;
  const path = url.startsWith("file:") ? decodeURIComponent(new URL(url).pathname) : undefined;
  const files = path === undefined
    ? {}
    : { filename: path, dirname: path.replace(/\/[^/]*$/, "") || "/" };
  const fields = JSON.stringify({ url, main: false, ...files }).slice(1, -1);
  return `const ${name} = { ${fields}, resolve: (name) => new URL(name, ${name}.url).href }; `;
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

function edited(text: string, edits: Edit[]): string {
  for (const edit of edits.sort((a, b) => b.start - a.start)) {
    text = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  }
  return text;
}

interface Exports {
  edits: Edit[];
  prelude: string;
  /** An expression for the default export. */
  main: string;
}

/** Turns exports into plain declarations, and finds the default one. */
function exportEdits(script: string, { body }: Program): Exports {
  const edits: Edit[] = [];
  let prelude = "";
  let main = "undefined";
  for (const node of body) {
    switch (node.type) {
      case "ExportDefaultDeclaration": {
        const { start, end } = node;
        const name = declaredName(node.declaration);
        main = name ?? DEFAULT;
        // The declaration may begin further on: parentheses around it are not part of its node.
        const keywords = /^export\s+default\s?/.exec(script.slice(start)) ?? [""];
        const room = blanks(keywords[0]);
        const text = name === undefined ? `const ${DEFAULT}=` : "";
        edits.push({
          start,
          end: start + room.length,
          text: text + afterColumn(room, text.length),
        });
        edits.push({ start: end, end, text: name === undefined ? ";" : "" });
        break;
      }
      case "ExportNamedDeclaration": {
        const { start, declaration, specifiers, source } = node;
        const end = declaration?.start ?? node.end;
        edits.push({ start, end, text: blanks(script.slice(start, end)) });
        const named = specifiers.find(({ exported }) => exportName(exported) === "default");
        if (named !== undefined) main = source ? DEFAULT : exportName(named.local);
        if (!source) break;
        const module = `await import(${JSON.stringify(source.value)})`;
        prelude += named === undefined
          ? `${module}; `
          : `const ${DEFAULT} = (${module})[${JSON.stringify(exportName(named.local))}]; `;
        break;
      }
      case "ExportAllDeclaration": {
        const { start, end, source } = node;
        edits.push({ start, end, text: blanks(script.slice(start, end)) });
        prelude += `await import(${JSON.stringify(source.value)}); `;
        break;
      }
    }
  }
  return { edits, prelude, main };
}

/** Returns the blanks that remain behind a text of `length`. Lines stay; columns if there is room. */
function afterColumn(room: string, length: number): string {
  return room.includes("\n") ? room : room.slice(length);
}

/** Returns the name of a default export that is a declaration, if it has one. */

function declaredName(declaration: ExportDefaultDeclaration["declaration"]): string | undefined {
  const isDeclaration = declaration.type === "FunctionDeclaration" ||
    declaration.type === "ClassDeclaration";
  return isDeclaration ? declaration.id?.name : undefined;
}

function exportName(name: Identifier | Literal): string {
  return name.type === "Identifier" ? name.name : String(name.value);
}

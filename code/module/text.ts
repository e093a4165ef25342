/**
 * A module as the body of a function: so it runs without being loaded, which V8 would never free,
 * and with `channel` and `args` bound.
 *
 * @module
 */

import {
  type AnyNode,
  type ExportDefaultDeclaration,
  type Identifier,
  type Literal,
  parse,
  type Program,
} from "acorn";
import { blanks, hoistImports } from "../imports.ts";
import { positionOf } from "../imports.ts";

/** With a digit as long as `import.meta`, and as `export default `: so columns stay. */
const META = "importMeta";
const DEFAULT = "$default";

/** A module's text as it is sent. */
export interface ModuleText {
  /** The body of `async (channel, args)`; gives the default export. */
  text: string;
  /** What was put in front of its first line; all else is where it was. */
  prelude: string;
}

/**
 * Makes the body. It is a block of its own, so that the module may declare `channel` and `args`.
 *
 * @param urlAt What `import.meta.url` is at a position (both from 1) of the script.
 * @throws {SyntaxError} with the place, where the script is not valid.
 */
export function moduleText(
  script: string,
  urlAt: (line: number, column: number) => string,
): ModuleText {
  const program = parseModule(script);
  const { prelude: imports, rest } = hoistImports(script, program);
  const metas = metaNames(program, urlAt);
  const exported = exportEdits(rest, program);
  const edits = [
    ...metas.edits,
    ...exported.edits,
  ];
  const prelude = `{ ${metas.prelude}${imports}${exported.prelude}`;
  return { text: `${prelude}${edited(rest, edits)}\nreturn ${exported.main}; }`, prelude };
}

/**
 * Parses a module.
 *
 * @throws {SyntaxError} whose message ends with the place.
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

/** All nodes of a tree, itself first. */
export function nodesOf(node: AnyNode): AnyNode[] {
  const found = [node];
  for (let at = 0; at < found.length; at++) {
    for (const value of Object.values(found[at])) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === "string") found.push(child);
      }
    }
  }
  return found;
}

/** Names in the place of `import.meta`: one for each file. */
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

/** A module that was sent is not the main one. */
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
  for (const { start, end, text: put } of edits.sort((a, b) => b.start - a.start)) {
    text = text.slice(0, start) + put + text.slice(end);
  }
  return text;
}

interface Exports {
  edits: Edit[];
  prelude: string;
  /** An expression that gives the default export. */
  main: string;
}

/** Makes of exported declarations such as are not, and remembers the default one. */
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
        // Not up to the declaration: parentheses around an expression are no part of its node.
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

/** What is left of some blanks behind a text of `length`: lines stay, then columns if there is room. */
function afterColumn(room: string, length: number): string {
  return room.includes("\n") ? room : room.slice(length);
}

/** The name of a default export that is a declaration with one. */
function declaredName(declaration: ExportDefaultDeclaration["declaration"]): string | undefined {
  const isDeclaration = declaration.type === "FunctionDeclaration" ||
    declaration.type === "ClassDeclaration";
  return isDeclaration ? declaration.id?.name : undefined;
}

function exportName(name: Identifier | Literal): string {
  return name.type === "Identifier" ? name.name : String(name.value);
}

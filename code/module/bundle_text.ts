/**
 * Turns a bundle into the body of a function. So it runs with `channel` and `args` bound, and without
 * being loaded as a module, which V8 would never free.
 *
 * @module
 */

import { parse, type Program } from "acorn";
import { nodesOf } from "../ast.ts";
import type { Locate } from "../code.ts";
import { applyEdits, type Edit } from "../edits.ts";
import { blanks, hoistImports, nameOf } from "../imports.ts";
import { behind } from "../source.ts";
import type { Mapped } from "../source_map.ts";
import { metaObject } from "./meta.ts";

// As long as `import.meta`, so that columns stay.
const META = "importMeta";
const DEFAULT = "$default";

/** The body of a function that returns the default export of a bundle. */
export interface BundleText {
  text: string;
  locate: Locate;
}

/**
 * Makes the body. It is a block, so that a module may itself declare `channel` and `args`.
 *
 * @param bundle What `deno bundle` makes: imports that it leaves, code, and one list of exports.
 * @param fallback The `import.meta.url` of code that is of no file.
 */
export function bundleText({ text, original }: Mapped, fallback: string): BundleText {
  const program = parse(text, { ecmaVersion: "latest", sourceType: "module", locations: true });
  const { prelude: imports, rest } = hoistImports(text, program);
  const metas = metaNames(program, (line, column) => original(line, column)?.file ?? fallback);
  const exported = exportEdits(rest, program);
  const prelude = `{ ${metas.prelude}${imports}${exported.prelude}`;
  const edited = applyEdits(rest, [...metas.edits, ...exported.edits]).text;
  return {
    text: `${prelude}${edited}\nreturn ${exported.main}; }`,
    locate: behind(prelude, original),
  };
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
  const prelude = urls.map((url, i) => `const ${META}${i} = ${metaObject(url)}; `).join("");
  return { edits, prelude };
}

/** Takes out the exports, and finds the default one. */
function exportEdits(
  text: string,
  { body }: Program,
): { edits: Edit[]; prelude: string; main: string } {
  const edits: Edit[] = [];
  let prelude = "";
  let main = "undefined";
  for (const node of body) {
    if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportAllDeclaration") continue;
    const { start, end, source } = node;
    edits.push({ start, end, text: blanks(text.slice(start, end)) });
    const specifiers = node.type === "ExportNamedDeclaration" ? node.specifiers : [];
    const named = specifiers.find(({ exported }) => nameOf(exported) === "default");
    const local = named && nameOf(named.local);
    if (!source) {
      main = local ?? main;
      continue;
    }
    const module = `await import(${JSON.stringify(source.value)})`;
    if (local === undefined) {
      prelude += `${module}; `;
    } else {
      prelude += `const ${DEFAULT} = (${module})[${JSON.stringify(local)}]; `;
      main = DEFAULT;
    }
  }
  return { edits, prelude, main };
}

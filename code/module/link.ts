/**
 * Links a graph into one script.
 *
 * @module
 */

import type { Locate } from "../code.ts";
import { lineEnds } from "../edits.ts";
import { dataExpression } from "./data.ts";
import { emitScript } from "./emit.ts";
import { type DataModule, type ModuleGraph, type ScriptModule, targetKey } from "./graph.ts";
import { checksOf, headOf, type LinkContext, linkNames } from "./head.ts";
import { ModuleIds } from "./ids.ts";
import { ModuleNames } from "./names.ts";
import { ModuleOrder } from "./order.ts";
import type { PackageBundle } from "./packages.ts";
import { RUNTIME } from "./runtime.ts";

/** A script that has a whole graph: the body of an async function with `channel` and `args`. */
export interface Linked {
  /** It returns the default export of the entry. */
  text: string;
  locate: Locate;
}

/**
 * Links a graph.
 *
 * @param packages Its packages, if it has any.
 * @throws {ModuleSyntaxError} if a file imports a name that another does not export.
 */
export function link(graph: ModuleGraph, packages?: PackageBundle): Linked {
  const { modules, config, entry } = graph;
  const scripts = [...modules.values()].filter((module) => module.kind === "script");
  const texts = scripts.map(({ script }) => script.text);
  const ids = new ModuleIds(graph, [...texts, packages?.text ?? ""]);
  const names = new ModuleNames(modules);
  const order = new ModuleOrder(modules);
  const context = { modules, config, ids, names, order };
  const { runtime } = ids;
  const linked = new LinkedText();
  linked.add(`const ${runtime} = ${RUNTIME};\n`);
  for (const key of modules.keys()) linked.add(`const ${ids.space(key)} = ${runtime}.space();\n`);
  const hasComputed = scripts.some(({ script }) => script.record.computed.length > 0);
  for (const key of hasComputed ? scripts.map(({ url }) => url) : order.roots(entry.href)) {
    linked.add(
      `${runtime}.root(${ids.of(key)}, ${JSON.stringify(key)}, ${ids.space(key)}, ` +
        `${ids.listOf(order.evaluated(key))}, ${ids.listOf(order.linked(key))}, ` +
        `${ids.listOf(order.others(key))});\n`,
    );
  }
  addOthers(linked, ids, packages);
  for (const [key, module] of modules) {
    if (module.kind === "script") addScript(linked, key, module, context);
    else addData(linked, key, module, ids);
  }
  linked.add(`return (await ${runtime}.open(${ids.of(entry.href)})).default;`);
  return { text: linked.text, locate: linked.locate };
}

/** A text that is made of parts, some of them of the user's files. */
class LinkedText {
  /** The parts of files: the first line, the line behind the last, and what they were before. */
  readonly #parts: { from: number; to: number; original: Locate }[] = [];
  #text = "";
  /** The line at the end of the text. */
  #line = 1;

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    this.#text += text;
    this.#line += lineEnds(text);
  }

  addPart(text: string, original: Locate): void {
    const from = this.#line;
    this.add(`${text}\n`);
    this.#parts.push({ from, to: this.#line, original });
  }

  readonly locate: Locate = (line, column) => {
    const part = this.#parts.find(({ from, to }) => from <= line && line < to);
    return part === undefined ? null : part.original(line - part.from + 1, column);
  };
}

/** Adds the modules that are no files. The bundle has the number behind all others. */
function addOthers(linked: LinkedText, ids: ModuleIds, packages: PackageBundle | undefined): void {
  const { runtime } = ids;
  if (packages?.text !== undefined) {
    linked.add(`${runtime}.other(${ids.size}, async () => {\n`);
    linked.addPart(packages.text, packages.locate);
    linked.add("});\n");
  }
  for (const [id, target] of ids.others) {
    const { specifier, attributes } = target;
    const options = Object.keys(attributes).length === 0
      ? ""
      : `, ${JSON.stringify({ with: attributes })}`;
    let load = `import(${JSON.stringify(specifier)}${options})`;
    const member = packages?.members.get(targetKey(target));
    const why = packages?.left.get(targetKey(target));
    if (member !== undefined) {
      load = `${runtime}.bundled(${ids.size}, ${JSON.stringify(member)}, () => ${load})`;
    } else if (why !== undefined) {
      load = `${runtime}.there(${JSON.stringify(why)}, () => ${load})`;
    }
    const space = ids.space(target);
    linked.add(`let ${space};\n${runtime}.other(${id}, async () => ${space} = await ${load});\n`);
  }
}

function addData(linked: LinkedText, key: string, module: DataModule, ids: ModuleIds): void {
  const { runtime } = ids;
  const space = ids.space(key);
  linked.add(`${runtime}.data(${space}, () => ${dataExpression(module)});\n`);
  linked.add(`${runtime}.other(${ids.of(key)}, async () => ${space});\n`);
}

function addScript(
  linked: LinkedText,
  key: string,
  module: ScriptModule,
  context: LinkContext,
): void {
  const { ids } = context;
  const { script } = module;
  linked.add(
    `${ids.runtime}.script(${ids.of(key)}, () => { ${checksOf(module, context)} }, ` +
      `${script.record.isAsync ? "async " : ""}function* () { ${
        headOf(key, module, context)
      }yield;\n`,
  );
  const edited = emitScript(module, linkNames(module, context));
  linked.addPart(edited.text, (line, column) => {
    const found = edited.original(line, column);
    return script.original(found.line, found.column);
  });
  linked.add("});\n");
}

/**
 * What a linked script does before its own text: it names its exports, and checks what it imports.
 *
 * @module
 */

import type { ImportConfig } from "./config.ts";
import { declaredName, importedExpression, type LinkNames } from "./emit.ts";
import type { GraphModule, ScriptModule } from "./graph.ts";
import type { ModuleIds } from "./ids.ts";
import { metaObject } from "./meta.ts";
import type { ModuleNames } from "./names.ts";
import type { ModuleOrder } from "./order.ts";
import { locationOf, shownLocation } from "./script.ts";

/** What is known of a graph that is being linked. */
export interface LinkContext {
  modules: ReadonlyMap<string, GraphModule>;
  config: ImportConfig;
  ids: ModuleIds;
  names: ModuleNames;
  order: ModuleOrder;
}

/** Returns the names that the text of a script uses. */
export function linkNames(module: ScriptModule, { ids, order }: LinkContext): LinkNames {
  const { runtime } = ids;
  return {
    runtime,
    main: `${runtime}d`,
    meta: `${runtime}u`,
    space: (request) =>
      order.isDeferred(module, request)
        ? `${runtime}l${request}`
        : ids.space(module.targets[request]),
    load(request) {
      const target = module.targets[request];
      return target.kind === "builtin" ? undefined : `${runtime}.open(${ids.of(target)})`;
    },
  };
}

/** Returns the beginning of a script: it makes `import.meta` and gives the namespace its names. */
export function headOf(key: string, module: ScriptModule, context: LinkContext): string {
  const { ids, names, order, config } = context;
  const { url, targets, script: { record } } = module;
  const used = linkNames(module, context);
  const { runtime, main, meta } = used;
  let head = record.metas.length > 0 ? `const ${meta} = ${metaObject(url, config)}; ` : "";
  const getters = new Map(record.exports.map((entry) => [
    entry.name,
    entry.kind === "local"
      ? entry.local
      : importedExpression({ request: entry.request, name: entry.imported }, used),
  ]));
  const { defaultExport } = record;
  if (defaultExport !== undefined) {
    const own = declaredName(defaultExport.declaration);
    getters.set("default", own ?? main);
    if (own === undefined && defaultExport.declaration.type === "FunctionDeclaration") {
      head += `${runtime}.name(${main}); `;
    }
  }
  for (const [name, request] of names.starNames(module)) {
    getters.set(name, importedExpression({ request, name }, used));
  }
  const entries = getters.entries().map(([name, value]) =>
    `[${JSON.stringify(name)}]: () => ${value}`
  );
  head += `${runtime}.names(${ids.space(key)}, { ${entries.toArray().join(", ")} }); `;
  const stars = names.starsElsewhere(module).map((target) => ids.space(target));
  if (stars.length > 0) head += `${runtime}.stars(${ids.space(key)}, [${stars}]); `;
  for (const [request, target] of targets.entries()) {
    if (!order.isDeferred(module, request)) continue;
    head += `const ${used.space(request)} = ${runtime}.defer(${ids.of(target)}); `;
  }
  return head;
}

/**
 * Returns the checks of imported names that only the gateway can make.
 *
 * @throws {ModuleSyntaxError} if a file imports a name that another does not export.
 */
export function checksOf(module: ScriptModule, { modules, ids, names }: LinkContext): string {
  const { url, script } = module;
  const imported = [
    ...script.record.imports,
    ...script.record.exports.flatMap((entry) =>
      entry.kind === "local" ? [] : [{ ...entry, name: entry.imported }]
    ),
  ];
  return imported.map(({ request, name, start }) => {
    if (name === undefined) return "";
    const target = module.targets[request];
    const file = target.kind === "file" ? modules.get(target.key) : undefined;
    if (file !== undefined && names.check(file, name, module, start)) return "";
    const from = target.kind === "file" ? target.url : target.specifier;
    const at = shownLocation(locationOf(script, url, start));
    const values = [from, name, at].map((value) => JSON.stringify(value)).join(", ");
    return `${ids.runtime}.check(${ids.space(target)}, ${values}); `;
  }).join("");
}

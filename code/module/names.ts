/**
 * Resolves the names that modules export, through `export … from` and `export * from`.
 *
 * @module
 */

import type { GraphModule, OtherTarget, ScriptModule } from "./graph.ts";
import { locationOf, ModuleSyntaxError } from "./script.ts";

/** Where an exported name leads to. */
type Found =
  | { module: GraphModule; name: string | undefined }
  /** It may be a name of a module that is not read here. */
  | "elsewhere"
  | "ambiguous"
  | undefined;

/** Resolves the names of one graph. */
export class ModuleNames {
  readonly #modules: ReadonlyMap<string, GraphModule>;

  /** Resolves names of these modules. */
  constructor(modules: ReadonlyMap<string, GraphModule>) {
    this.#modules = modules;
  }

  /** Returns the names that `export *` of a script brings from each request: only unambiguous ones. */
  starNames(script: ScriptModule): Map<string, number> {
    const own = new Set(ownNames(script));
    const found = new Map<string, number>();
    for (const request of script.script.record.stars) {
      const target = this.#moduleAt(script, request);
      if (target === undefined) continue;
      for (const name of this.#namesOf(target, new Set([script]))) {
        if (name === "default" || own.has(name) || found.has(name)) continue;
        if (typeof this.#resolve(script, name, new Set()) === "object") found.set(name, request);
      }
    }
    return found;
  }

  /** Returns the modules that are not read here, whose names `export *` of a script brings. */
  starsElsewhere(module: GraphModule, seen: Set<GraphModule> = new Set()): OtherTarget[] {
    if (module.kind !== "script" || seen.has(module)) return [];
    seen.add(module);
    return module.script.record.stars.flatMap((request) => {
      const target = module.targets[request];
      if (target.kind !== "file") return [target];
      const next = this.#modules.get(target.key);
      return next === undefined ? [] : this.starsElsewhere(next, seen);
    });
  }

  /**
   * Checks that a file exports a name.
   *
   * @param start The index of the import in the text of `importer`.
   * @returns Whether that is certain; the gateway has to check it otherwise.
   * @throws {ModuleSyntaxError} if the file does not export it.
   */
  check(target: GraphModule, name: string, importer: ScriptModule, start: number): boolean {
    const found = this.#resolve(target, name, new Set());
    if (found === "elsewhere") return false;
    if (typeof found === "object") return true;
    const what = found === undefined ? "has no export" : "has two exports";
    throw new ModuleSyntaxError(
      `${target.url} ${what} "${name}", imported`,
      locationOf(importer.script, importer.url, start),
    );
  }

  #moduleAt(script: ScriptModule, request: number): GraphModule | undefined {
    const target = script.targets[request];
    return target.kind === "file" ? this.#modules.get(target.key) : undefined;
  }

  #namesOf(module: GraphModule, seen: Set<GraphModule>): string[] {
    if (module.kind !== "script") return ["default"];
    if (seen.has(module)) return [];
    seen.add(module);
    return [
      ...ownNames(module),
      ...module.script.record.stars.flatMap((request) => {
        const target = this.#moduleAt(module, request);
        return target === undefined ? [] : this.#namesOf(target, seen);
      }),
    ];
  }

  /** The algorithm of ECMAScript's ResolveExport. */
  #resolve(module: GraphModule, name: string, seen: Set<string>): Found {
    if (module.kind !== "script") return name === "default" ? { module, name } : undefined;
    const key = `${module.url} ${name}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const { exports, defaultExport, stars } = module.script.record;
    if (name === "default" && defaultExport !== undefined) return { module, name };
    const own = exports.find((entry) => entry.name === name);
    if (own?.kind === "local") return { module, name: own.local };
    if (own !== undefined) {
      const target = this.#moduleAt(module, own.request);
      if (target === undefined) return { module, name };
      if (own.imported === undefined) return { module: target, name: undefined };
      return this.#resolve(target, own.imported, seen);
    }
    if (name === "default") return undefined;
    let found: Found;
    let isElsewhere = false;
    for (const request of stars) {
      const target = this.#moduleAt(module, request);
      const next = target === undefined ? "elsewhere" : this.#resolve(target, name, seen);
      if (next === "ambiguous") return next;
      if (next === "elsewhere") isElsewhere = true;
      if (typeof next !== "object") continue;
      if (typeof found === "object" && (found.module !== next.module || found.name !== next.name)) {
        return "ambiguous";
      }
      found = next;
    }
    return found ?? (isElsewhere ? "elsewhere" : undefined);
  }
}

function ownNames({ script: { record } }: ScriptModule): string[] {
  const names = record.exports.map(({ name }) => name);
  return record.defaultExport === undefined ? names : [...names, "default"];
}

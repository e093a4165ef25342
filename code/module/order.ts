/**
 * The order in which the modules of a graph are evaluated.
 *
 * @module
 */

import type { FileTarget, GraphModule, OtherTarget, ScriptModule } from "./graph.ts";

/** Orders the scripts of one graph. They are named by their keys. */
export class ModuleOrder {
  readonly #modules: ReadonlyMap<string, GraphModule>;

  /** Orders these modules. */
  constructor(modules: ReadonlyMap<string, GraphModule>) {
    this.#modules = modules;
  }

  /** Returns the scripts that are opened by themselves: the entry, and what is imported later. */
  roots(entry: string): string[] {
    const later = [...this.#modules.values()].flatMap((module) =>
      module.kind !== "script"
        ? []
        : module.targets.filter((target, request): target is FileTarget =>
          target.kind === "file" && phaseOf(module, request) !== "static"
        )
    );
    const keys = new Set([entry, ...later.map(({ key }) => key)]);
    return [...keys].filter((key) => this.#script(key) !== undefined);
  }

  /** Returns the scripts to evaluate for a script, which is the last of them. */
  evaluated(key: string): string[] {
    return this.#walk(key, (script, request) => this.isDeferred(script, request));
  }

  /** Returns the scripts to link for a script: those to evaluate, and those that it defers. */
  linked(key: string): string[] {
    return this.#walk(key, () => false);
  }

  /** Returns the modules that are no files, and that a script and its imports need at once. */
  others(key: string): OtherTarget[] {
    return this.linked(key).flatMap((each) => {
      const script = this.#script(each);
      if (script === undefined) return [];
      return script.targets.filter((target, request): target is OtherTarget =>
        target.kind !== "file" && phaseOf(script, request) !== "dynamic"
      );
    });
  }

  /**
   * Returns whether a request is evaluated late. What has `await` in it is not, as ECMAScript says: a
   * property cannot be waited for.
   */
  isDeferred(script: ScriptModule, request: number): boolean {
    const target = script.targets[request];
    if (phaseOf(script, request) !== "deferred" || target.kind !== "file") return false;
    return !this.linked(target.key).some((key) => this.#script(key)?.script.record.isAsync);
  }

  #walk(start: string, skips: (script: ScriptModule, request: number) => boolean): string[] {
    const found: string[] = [];
    const seen = new Set<string>();
    const visit = (key: string) => {
      const script = this.#script(key);
      if (script === undefined || seen.has(key)) return;
      seen.add(key);
      for (const [request, target] of script.targets.entries()) {
        if (target.kind !== "file" || phaseOf(script, request) === "dynamic") continue;
        if (!skips(script, request)) visit(target.key);
      }
      found.push(key);
    };
    visit(start);
    return found;
  }

  #script(key: string): ScriptModule | undefined {
    const module = this.#modules.get(key);
    return module?.kind === "script" ? module : undefined;
  }
}

function phaseOf({ script }: ScriptModule, request: number) {
  return script.record.requests[request].phase;
}

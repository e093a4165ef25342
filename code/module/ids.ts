/**
 * What the modules of a graph are called in the linked script.
 *
 * @module
 */

import { type ModuleGraph, type OtherTarget, type Target, targetKey } from "./graph.ts";

/** The names that a linked script adds. */
export class ModuleIds {
  /** The variable of the runtime; begins all names that are added. */
  readonly runtime: string;
  /** Modules that are no files, by number. */
  readonly others: ReadonlyMap<number, OtherTarget>;
  readonly #ids = new Map<string, number>();

  /** @param texts All that is to be linked: none of it has one of the names. */
  constructor({ modules }: ModuleGraph, texts: readonly string[]) {
    let runtime = "$m";
    while (texts.some((text) => text.includes(runtime))) runtime += "_";
    this.runtime = runtime;
    for (const key of modules.keys()) this.#ids.set(key, this.#ids.size);
    const others = new Map<number, OtherTarget>();
    for (const module of modules.values()) {
      for (const target of module.kind === "script" ? module.targets : []) {
        if (target.kind === "file" || this.#ids.has(targetKey(target))) continue;
        others.set(this.#ids.size, target);
        this.#ids.set(targetKey(target), this.#ids.size);
      }
    }
    this.others = others;
  }

  /** The number of modules. */
  get size(): number {
    return this.#ids.size;
  }

  /** Returns the number of a module. */
  of(module: string | Target): number {
    const id = this.#ids.get(typeof module === "string" ? module : targetKey(module));
    if (id === undefined) throw new TypeError("a module of another graph");
    return id;
  }

  /** Returns the numbers of modules as a list, each once. */
  listOf(modules: readonly (string | Target)[]): string {
    return `[${[...new Set(modules.map((module) => this.of(module)))].join()}]`;
  }

  /** Returns the variable with the namespace of a module. */
  space(module: string | Target): string {
    return `${this.runtime}${this.of(module)}`;
  }
}

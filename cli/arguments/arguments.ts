/**
 * The arguments of a command, parsed.
 *
 * @module
 */

import type { Grants } from "./permission_flags.ts";

/** The arguments of a command. What was not given is undefined, false or empty. */
export class Arguments {
  /** The words that are no options. */
  readonly operands: readonly string[];
  /** What the permission flags grant. */
  readonly grants: Grants;
  readonly #values: ReadonlyMap<string, readonly unknown[]>;

  constructor(
    operands: readonly string[],
    grants: Grants,
    values: ReadonlyMap<string, readonly unknown[]>,
  ) {
    this.operands = operands;
    this.grants = grants;
    this.#values = values;
  }

  /** Returns whether an option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Returns the value of an option as it was checked: the last one that was given. */
  value(name: string): unknown {
    return this.#values.get(name)?.at(-1);
  }

  /** Returns the text of an option. */
  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Returns all texts of an option. */
  texts(name: string): string[] {
    return this.#values.get(name)?.map(String) ?? [];
  }

  /** Returns the number of an option. */
  number(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === "number" ? value : undefined;
  }

  /** Returns the seconds of an option, in milliseconds. */
  milliseconds(name: string): number | undefined {
    const seconds = this.number(name);
    return seconds === undefined ? undefined : Math.ceil(seconds * 1_000);
  }
}

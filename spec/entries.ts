/**
 * The keys of a spec and their values, before their meaning is checked.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { SpecError } from "../errors.ts";
import { described } from "../internal/arguments.ts";
import type { SpecReader } from "../transports/spec_reader.ts";

/** The keys that a spec may have. */
export interface SpecKeys {
  /** Keys of both forms. */
  readonly common: readonly string[];
  /** Keys of objects alone. */
  readonly ofObjects: readonly string[];
}

/** Prefix of a key that sets an environment variable, whose name follows. */
export const ENV_PREFIX = "env:";

/** The keys of a spec, each with its value as given; `true` for a key without a value. */
export class SpecEntries implements SpecReader {
  readonly #entries = new Map<string, unknown>();

  /** @throws {SpecError} if it is no spec, and for an unknown, empty or doubled key. */
  constructor(spec: unknown, keys: SpecKeys) {
    if (typeof spec === "string") this.#parse(spec, keys);
    else if (typeof spec === "object" && spec !== null && !Array.isArray(spec)) {
      this.#read(spec, keys);
    } else {
      throw new SpecError(
        `a spec is text such as "popen", or an object such as { popen: true }, not ` +
          described(spec) + (Array.isArray(spec) ? ": Group.open takes a list of specs" : ""),
      );
    }
  }

  /** The keys of the spec. */
  get keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): unknown {
    return this.#entries.get(key);
  }

  flag(key: string): boolean {
    const value = this.get(key);
    if (value !== undefined && value !== true) {
      throw new SpecError(`the key "${key}" takes no value`);
    }
    return value === true;
  }

  text(key: string): string | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== "string" && value !== true) {
      throw new SpecError(`the key "${key}" is text, not a ${typeof value}`);
    }
    if (value === true || value.trim() === "" || value.includes("\0")) {
      throw new SpecError(`the key "${key}" needs a value: ${key}=…`);
    }
    return value;
  }

  required(key: string): string {
    const text = this.text(key);
    if (text === undefined) throw new SpecError(`the key "${key}" is missing`);
    return text;
  }

  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const found = allowed.find((each) => each === value);
    if (found === undefined) {
      throw new SpecError(`the key "${key}" is one of ${allowed.join(", ")}, not "${value}"`);
    }
    return found;
  }

  number(key: string, min: number, max: number): number | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (
      typeof number !== "number" || !Number.isInteger(number) || number < min || number > max
    ) {
      throw new SpecError(
        `the key "${key}" is a whole number from ${min} to ${max}, not "${value}"`,
      );
    }
    return number;
  }

  #parse(spec: string, keys: SpecKeys): void {
    let before = "";
    for (const part of spec.split("//")) {
      const equals = part.indexOf("=");
      const key = equals < 0 ? part : part.slice(0, equals);
      if (key === "") {
        throw new SpecError(
          `the spec "${shown(spec)}" has an empty part; write key=value//key=value, and give a ` +
            `value that has "//" in it in an object`,
        );
      }
      if (keys.ofObjects.includes(key)) {
        throw new SpecError(
          `"${key}" is a key of specs that are objects; text has env:NAME=value, allow-<kind> and ` +
            `deny-<kind>`,
        );
      }
      if (!isKey(key, keys.common)) refuseAddress(before);
      before = part;
      checkKey(key, keys.common);
      if (this.has(key)) {
        throw new SpecError(`the spec "${shown(spec)}" has the key "${key}" twice`);
      }
      this.#entries.set(key, equals < 0 ? true : part.slice(equals + 1));
    }
  }

  #read(spec: object, { common, ofObjects }: SpecKeys): void {
    for (const [key, value] of Object.entries(spec)) {
      checkKey(key, [...common, ...ofObjects]);
      if (value !== undefined && value !== false) this.#entries.set(key, value);
    }
  }
}

/** Keys of Python's execnet whose names here are too different to be found by their letters. */
const EXECNET_KEYS: ReadonlyMap<string, string> = new Map([["python", "deno"]]);

function isKey(key: string, known: readonly string[]): boolean {
  return known.includes(key) || key.startsWith(ENV_PREFIX) && key.length > ENV_PREFIX.length;
}

function checkKey(key: string, known: readonly string[]): void {
  if (isKey(key, known)) return;
  if (key === ENV_PREFIX) throw new SpecError(`the key "env:" needs a name: env:NAME=value`);
  const [, before = "", variable = ""] = /^(.*?):(.*)/s.exec(key) ?? [];
  if (known.includes(before)) {
    // The rest of the key may be a token.
    throw new SpecError(`a spec has no key "${before}:…"; did you mean "${before}=…"?`);
  }
  // `read` is nearer to allow-read than to id.
  const nearest = EXECNET_KEYS.get(key) ?? known.find((each) => each.endsWith(`-${key}`)) ??
    closestString(key, [...known, `${ENV_PREFIX}${variable}`]);
  throw new SpecError(`a spec has no key "${key}"; did you mean "${nearest}"?`);
}

/**
 * Refuses a value that was an address until "//" cut it.
 *
 * @param part What stands before an unknown key.
 */
function refuseAddress(part: string): void {
  const [, key, scheme] = /^([^=]*)=([a-z][a-z\d+.-]*):$/i.exec(part) ?? [];
  if (key === undefined) return;
  throw new SpecError(
    `the key "${key}" has the address "${scheme}://…", but "//" separates the keys of a spec: write the ` +
      `host alone, such as ${key}=example.com, or give the spec as an object`,
  );
}

/** Shows only the keys of a spec: a value may be a token, under whatever misspelt key. */
function shown(spec: string): string {
  return spec.split("//").map((part) => part.replace(/=.*/s, "=…")).join("//");
}

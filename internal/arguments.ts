/**
 * Checks the arguments of public methods, for callers without a type checker. A mistake is an error
 * where it is made, and no unknown option is ignored.
 *
 * @module
 */

/** The rule for the value of an option. */
export interface OptionRule {
  /** The kind of value, for messages, such as `an AbortSignal`. */
  wanted: string;
  isRight(value: unknown): boolean;
  /** Set for a number: a wrong number is a RangeError. */
  isNumber?: true;
}

/** The rule of each option of a method. */
export type OptionRules<Options> = { readonly [Key in keyof Required<Options>]: OptionRule };

// Captured when this loads: user code may replace it.
const { AbortSignal: Signal } = globalThis;

/** Any value. */
export const ANYTHING: OptionRule = { wanted: "anything", isRight: () => true };
/** `true` or `false`. Truthy values are refused: `"false"` would count as true. */
export const BOOLEAN: OptionRule = {
  wanted: "true or false",
  isRight: (value) => typeof value === "boolean",
};
/** A function. */
export const FUNCTION: OptionRule = {
  wanted: "a function",
  isRight: (value) => typeof value === "function",
};
/** Text. */
export const TEXT: OptionRule = { wanted: "text", isRight: (value) => typeof value === "string" };
/** An AbortSignal. */
export const SIGNAL: OptionRule = {
  wanted: "an AbortSignal (of an AbortController, its signal)",
  isRight: (value) => value instanceof Signal,
};
/** A time to wait. A negative time, such as the rest of a deadline that has passed, is over at once. */
export const MILLISECONDS: OptionRule = {
  wanted: "a number of milliseconds",
  isRight: (value) => typeof value === "number" && !Number.isNaN(value),
  isNumber: true,
};

/**
 * Checks the options of a method.
 *
 * @param nearest Finds the key that was probably meant. It is a parameter to keep it out of the
 * program that is sent.
 * @throws {TypeError} if `options` is no object, has an unknown key, or a value of a wrong type.
 * @throws {RangeError} if an option is a number that it cannot be.
 */
export function checkOptions<Options>(
  method: string,
  options: Options | undefined,
  rules: OptionRules<Options>,
  nearest?: (key: string, known: readonly string[]) => string,
): void {
  if (options === undefined) return;
  const known = Object.keys(rules);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(
      `the options of ${method} are an object with ${known.join(", ")}, not ${described(options)}`,
    );
  }
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!known.includes(key)) {
      const hint = nearest === undefined
        ? `it has ${known.join(", ")}`
        : `did you mean "${nearest(key, known)}"?`;
      throw new TypeError(`${method} has no option "${key}"; ${hint}`);
    }
    checkArgument(`the ${key} of ${method}`, value, rules[key as keyof Options]);
  }
}

/**
 * Checks a value.
 *
 * @param what The name of the value in messages, such as `the callback of setCallback`.
 * @throws {TypeError} if it is of a wrong type.
 * @throws {RangeError} if it is a number that it cannot be.
 */
export function checkArgument(what: string, value: unknown, rule: OptionRule): void {
  if (rule.isRight(value)) return;
  const Kind = rule.isNumber && typeof value === "number" ? RangeError : TypeError;
  throw new Kind(`${what} is ${rule.wanted}, not ${described(value)}`);
}

/** Describes a value for a message: by itself if it is short, otherwise by its type. */
export function described(value: unknown): string {
  if (typeof value === "string") {
    // A long text may be source code, or a secret.

    return value.length > 20 ? `text of ${value.length} characters` : JSON.stringify(value);
  }
  if (typeof value === "function") return `a function`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name = value.constructor?.name;
  return typeof name !== "string" || name === "Object" ? "an object" : `a value of class ${name}`;
}

/**
 * Checks of what users pass, for those whose code no compiler has read: a mistake is told where it is
 * made, and nothing that is given is quietly ignored.
 *
 * @module
 */

/** What the value of an option has to be. */
export interface OptionRule {
  /** For messages, such as `an AbortSignal`. */
  wanted: string;
  isRight(value: unknown): boolean;
  /** Is a number: a wrong one is a RangeError. */
  isNumber?: true;
}

/** The options of a method, each with its rule. */
export type OptionRules<Options> = { readonly [Key in keyof Required<Options>]: OptionRule };

// Taken now: user code may replace it.
const { AbortSignal: Signal } = globalThis;

/** Any value. */
export const ANYTHING: OptionRule = { wanted: "anything", isRight: () => true };
/** `true` or `false`: what merely looks true may have been meant as the other. */
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
/** A time to wait; a negative one, as the rest of a deadline may be, is over. */
export const MILLISECONDS: OptionRule = {
  wanted: "a number of milliseconds",
  isRight: (value) => typeof value === "number" && !Number.isNaN(value),
  isNumber: true,
};

/**
 * Checks the options of a method.
 *
 * @throws {TypeError} when they are no object, have a key that there is not, or a value that its key
 * cannot have; {@linkcode RangeError} for a number that it cannot have.
 * @param nearest Finds the key that may have been meant. Not known here, as this is a part of the
 * program that is sent, which is to be small.
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
 * @param what What it is, for messages, such as `the callback of setCallback`.
 * @throws {TypeError} or a {@linkcode RangeError}, where a number is not in the range.
 */
export function checkArgument(what: string, value: unknown, rule: OptionRule): void {
  if (rule.isRight(value)) return;
  const Kind = rule.isNumber && typeof value === "number" ? RangeError : TypeError;
  throw new Kind(`${what} is ${rule.wanted}, not ${described(value)}`);
}

/** A value, for a message: itself where it is short, or what it is. */
export function described(value: unknown): string {
  if (typeof value === "string") {
    // It may be source text, or a secret.
    return value.length > 20 ? `text of ${value.length} characters` : JSON.stringify(value);
  }
  if (typeof value === "function") return `a function`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  const name = value.constructor?.name;
  return typeof name !== "string" || name === "Object" ? "an object" : `a value of class ${name}`;
}

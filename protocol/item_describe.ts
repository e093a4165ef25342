/**
 * Texts for the messages of refused items: where in an item a value is, and what it is.
 *
 * @module
 */

/** Returns the step of a path that leads to a property, such as `.name` or `["first name"]`. */
export function propertyStep(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

/** Describes the type of a value that cannot be sent, such as `class Socket`. */
export function describeType(value: unknown): string {
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value))
      ? `class ${value.name} itself`
      : `function ${value.name || "(anonymous)"}`;
  }
  if (typeof value === "symbol") return String(value);
  const name = (value as object).constructor?.name;
  const shown = typeof name === "string" && name !== "" ? name : tagOf(value as object);
  return `class ${shown}${value instanceof Promise ? "; await it first" : ""}`;
}

/** Returns the tag of an object whose class has no name, such as a generator. */
function tagOf(value: object): string {
  const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return typeof tag === "string" ? tag : "(anonymous)";
}

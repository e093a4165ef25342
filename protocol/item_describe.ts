/**
 * Texts for the messages of refused items: where in an item a value is, and what it is.
 *
 * @module
 */

/** Longer paths are shown with as many of their first and last steps. */
const SHOWN_STEPS = 10;

/**
 * Returns the path to a value, such as `item.users[3]`. It is looked for only when it is needed:
 * keeping it while an item is encoded would cost more than the item.
 *
 * @param chain The item, the containers on the way to the value, and the value itself.
 */
export function pathOf(root: string, chain: readonly unknown[]): string {
  const steps = chain.slice(1);
  const left = steps.length - 2 * SHOWN_STEPS;
  const shown = steps.map((child, i) => {
    if (i >= SHOWN_STEPS && i < SHOWN_STEPS + left) return i === SHOWN_STEPS ? "…" : "";
    return stepTo(child, chain[i] as object);
  });
  return root + shown.join("");
}

function stepTo(child: unknown, parent: object): string {
  if (parent instanceof Map) {
    let index = 0;
    for (const [key, value] of parent) {
      const shown = typeof key === "string" ? JSON.stringify(key) : `#${index}`;
      if (key === child) return `.key(${shown})`;
      if (value === child) return `.get(${shown})`;
      index++;
    }
  }
  if (parent instanceof Set) return `.element(${[...parent].indexOf(child)})`;
  for (const key of Object.getOwnPropertyNames(parent)) {
    try {
      if ((parent as Record<string, unknown>)[key] === child) return propertyStep(key);
    } catch { /* a getter that throws gave no child */ }
  }
  return "";
}

function propertyStep(key: string): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `.${key}`;
  return `[${/^\d+$/.test(key) ? key : JSON.stringify(key)}]`;
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

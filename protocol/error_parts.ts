/**
 * Errors in parts: what of an error travels, and how it is put together again.
 *
 * @module
 */

import { RemoteError } from "../errors.ts";

/** The parts of an error that travel. */
export interface ErrorParts {
  /** `error.name`. */
  name: string;
  /** `error.message`. */
  message: string;
  /** `error.stack`. */
  stack: string;
  /** The cause as the only element, or an empty list without one: a cause may be `undefined`. */
  cause: unknown[];
  /** All other own data properties. */
  properties: Record<string, unknown>;
}

const ERROR_FIELDS: readonly string[] = ["name", "message", "stack", "cause"];

/**
 * Returns the parts of an error. A {@linkcode RemoteError} gives the stack that the error had where
 * it was thrown.
 */
export function errorParts(error: Error): ErrorParts {
  const remoteStack = error instanceof RemoteError ? error.remoteStack : undefined;
  const properties: Record<string, unknown> = {};
  for (const key of Object.getOwnPropertyNames(error)) {
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property === undefined || !("value" in property) || ERROR_FIELDS.includes(key)) continue;
    if (remoteStack !== undefined && key === "remoteStack") continue;
    Object.defineProperty(properties, key, { ...property, enumerable: true });
  }
  return {
    name: String(error.name),
    message: String(error.message),
    stack: remoteStack ?? String(error.stack ?? `${error.name}: ${error.message}`),
    cause: "cause" in error ? [error.cause] : [],
    properties,
  };
}

const ERROR_TYPES: Readonly<Record<string, ErrorConstructor>> = {
  __proto__: null as unknown as ErrorConstructor,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Makes an error of its parts. An error of a class of the language keeps its class. */
export function errorFromParts(parts: ErrorParts, isDomException = false): Error {
  const { name, message, stack, cause, properties } = parts;
  const error = withoutStack(() =>
    isDomException
      ? new DOMException(message, name)
      : name === "AggregateError"
      ? new AggregateError([], message)
      : new (ERROR_TYPES[name] ?? Error)(message)
  );
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  for (const [key, value] of Object.entries(properties)) define(key, value, key !== "errors");
  if (error.name !== name) define("name", name, false);
  define("stack", stack, false);
  if (cause.length > 0) define("cause", cause[0], false);
  return error;
}

/** Makes an error that gets another stack: its own would take longer than all the rest. */
function withoutStack(make: () => Error): Error {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

/** Finds what of a value its copy has lost. */

import { CIRCULAR } from "../../protocol/item_encoder.ts";

/** Properties that belong to a class of the language, and are compared as what they mean. */
const BUILT_IN = [
  "length",
  "lastIndex",
  "stack",
  "message",
  "cause",
  "errors",
  "name",
  "suppressed",
];

/** Returns what has become of a copy, in the order of discovery; empty if it is like the original. */
export function lossesOf(original: unknown, copy: unknown): string[] {
  const losses = new Set<string>();
  new Comparison(losses).compare(original, copy);
  return [...losses];
}

class Comparison {
  readonly #losses: Set<string>;
  readonly #copies = new Map<object, unknown>();

  constructor(losses: Set<string>) {
    this.#losses = losses;
  }

  compare(original: unknown, copy: unknown): void {
    if (Object.is(original, copy)) return;
    if (copy === CIRCULAR) return this.#lost("gets a mark there");
    if (!isObject(original) || !isObject(copy)) return this.#lost("loses its value");
    if (this.#copies.has(original)) {
      if (this.#copies.get(original) !== copy) this.#lost("becomes several objects");
      return;
    }
    this.#copies.set(original, copy);
    this.#compareClasses(original, copy);
    this.#compareContents(original, copy);
    this.#compareProperties(original, copy);
    if (Object.isFrozen(original) && !Object.isFrozen(copy)) this.#lost("is not frozen");
  }

  #lost(what: string): void {
    this.#losses.add(what);
  }

  #expect(what: string, ...pairs: [original: unknown, copy: unknown][]): void {
    for (const [original, copy] of pairs) if (!Object.is(original, copy)) this.#lost(what);
  }

  #compareClasses(original: object, copy: object): void {
    const [before, after] = [Object.getPrototypeOf(original), Object.getPrototypeOf(copy)];
    if (before === after) return;
    this.#lost(before === null ? "gets a prototype" : "loses its class");
  }

  #compareContents(original: object, copy: object): void {
    if (original instanceof Map && copy instanceof Map) {
      this.compare([...original], [...copy]);
    } else if (original instanceof Set && copy instanceof Set) {
      this.compare([...original], [...copy]);
    } else if (original instanceof Date && copy instanceof Date) {
      this.#expect("loses its value", [original.getTime(), copy.getTime()]);
    } else if (original instanceof RegExp && copy instanceof RegExp) {
      this.#expect("loses its value", [`${original}`, `${copy}`]);
      this.#expect("loses `lastIndex`", [original.lastIndex, copy.lastIndex]);
    } else if (original instanceof Error && copy instanceof Error) {
      this.#compareErrors(original, copy);
    } else if (original instanceof URL && copy instanceof URL) {
      this.#expect("loses its value", [original.href, copy.href]);
    } else if (isBuffer(original) && isBuffer(copy)) {
      this.#expect("loses its value", [`${new Uint8Array(original)}`, `${new Uint8Array(copy)}`]);
      this.#expect("loses its maximal length", [isResizable(original), isResizable(copy)]);
    } else if (ArrayBuffer.isView(original) && ArrayBuffer.isView(copy)) {
      this.#compareViews(original, copy);
    } else if (Array.isArray(original) && Array.isArray(copy)) {
      this.#expect("loses its value", [original.length, copy.length]);
      if (Object.keys(copy).length > Object.keys(original).length) this.#lost("loses holes");
    } else if (isBoxed(original)) {
      this.#expect("loses its value", [original.valueOf(), copy.valueOf()]);
    }
  }

  #compareErrors(original: Error, copy: Error): void {
    this.#expect("loses its name", [original.name, copy.name]);
    this.#expect("loses its message", [original.message, copy.message]);
    this.#expect("loses its stack", [original.stack, copy.stack]);
    this.#expect("loses its cause", ["cause" in original, "cause" in copy]);
    this.compare(original.cause, copy.cause);
    if (original instanceof AggregateError) {
      if (copy instanceof AggregateError) this.compare(original.errors, copy.errors);
      else this.#lost("loses its errors");
    }
    if (original instanceof DOMException) {
      this.#expect("loses its code", [original.code, codeOf(copy)]);
    }
  }

  #compareViews(original: ArrayBufferView, copy: ArrayBufferView): void {
    this.#expect("loses its value", [`${bytesOf(original)}`, `${bytesOf(copy)}`]);
    const shares = (view: ArrayBufferView) => view.buffer instanceof SharedArrayBuffer;
    this.#expect("loses its shared memory", [shares(original), shares(copy)]);
    this.#expect("loses the rest of its buffer", [
      original.buffer.byteLength,
      copy.buffer.byteLength,
    ]);
  }

  #compareProperties(original: object, copy: object): void {
    if (ArrayBuffer.isView(original) && !(original instanceof DataView)) return;
    for (const key of Object.getOwnPropertyNames(original)) {
      const before = Object.getOwnPropertyDescriptor(original, key);
      const after = Object.getOwnPropertyDescriptor(copy, key);
      if (before === undefined || BUILT_IN.includes(key) && !isPlain(original)) continue;
      if (after === undefined) {
        this.#lost(before.enumerable ? "loses its properties" : "loses what is not enumerable");
      } else if (before.get !== undefined) {
        this.#lost("gets their values");
      } else {
        this.compare(before.value, after.value);
      }
    }
    const symbols = Object.getOwnPropertySymbols(original);
    // The objects of web interfaces have symbols, too, which are nobody's business.
    if (isHost(original)) return;
    const lost = symbols.find((symbol) => !Object.hasOwn(copy, symbol));
    if (lost === undefined) return;
    const { enumerable } = Object.getOwnPropertyDescriptor(original, lost) ?? {};
    this.#lost(enumerable ? "loses its symbol keys" : "loses what is not enumerable");
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPlain(value: object): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function isHost(value: object): boolean {
  return value instanceof DOMException || value instanceof URL || value instanceof Blob;
}

function isBuffer(value: object): value is ArrayBufferLike {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

function isResizable(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer ? buffer.resizable : buffer.growable;
}

function isBoxed(value: object): boolean {
  return [Number, String, Boolean, BigInt].some((Class) => value instanceof Class);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function codeOf(error: Error): unknown {
  return error instanceof DOMException ? error.code : undefined;
}

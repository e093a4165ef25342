/**
 * The tools of this room: what reads code before it is sent, and completes its errors. With a parser and
 * a scope analysis they take as long to load as half of a gateway's start. So they are loaded meanwhile.
 *
 * @module
 */

type Tools = typeof import("./tools.ts");

let tools: Tools | undefined;

/** Loads the tools: one module with all that they need, as each of a hundred would take half a millisecond. */
export async function loadTools(): Promise<void> {
  tools ??= await import("./_tools.gen.js");
}

/** Returns whether the tools are loaded, as they are once a gateway is up. */
export function hasTools(): boolean {
  return tools !== undefined;
}

/** See `code/prepare.ts`. */
export const codeOf: Tools["codeOf"] = (...args) => loaded().codeOf(...args);

/** See `code/function/function.ts`. */
export const functionCode: Tools["functionCode"] = (...args) => loaded().functionCode(...args);

/** See `code/code_hash.ts`. */
export const codeHash: Tools["codeHash"] = (message) => loaded().codeHash(message);

/** See `code/remote_stack.ts`. */
export const explain: Tools["explain"] = (...args) => loaded().explain(...args);

function loaded(): Tools {
  if (tools !== undefined) return tools;
  throw new Error("code cannot be read before a gateway is up");
}

/**
 * What reads code before it is sent, and completes its errors: see {@linkcode loadTools}.
 *
 * @module
 */

export { codeHash } from "./code_hash.ts";
export { functionCode } from "./function/function.ts";
export { codeOf } from "./prepare.ts";
export { explain } from "./remote_stack.ts";

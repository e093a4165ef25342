/**
 * Files that are imported as JSON, text or bytes.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { messageOf } from "../../internal/errors.ts";
import type { DataModule } from "./graph.ts";

/**
 * Returns an expression for the default export of a file.
 *
 * @throws {ModuleError} if it is imported as JSON, and is none.
 */
export function dataExpression({ kind, url, bytes }: DataModule): string {
  if (kind === "bytes") {
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return `Uint8Array.from(atob("${btoa(binary)}"), (byte) => byte.charCodeAt(0))`;
  }
  const text = new TextDecoder().decode(bytes);
  if (kind === "text") return JSON.stringify(text);
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new ModuleError(`${url} is no JSON: ${messageOf(cause)}`, { cause });
  }
  return `JSON.parse(${JSON.stringify(text)})`;
}

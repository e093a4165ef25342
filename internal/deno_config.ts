/**
 * Finds and reads `deno.json`.
 *
 * @module
 */

import { parse } from "@std/jsonc";

/** A configuration file of Deno. */
export interface DenoConfig {
  /** Its folder, with a slash at the end. */
  folder: string;
  path: string;
  text: string;
  /** What it says; empty if it is malformed, which Deno itself will report. */
  values: Readonly<Record<string, unknown>>;
}

const NAMES = ["deno.json", "deno.jsonc"];

/**
 * Yields the configurations in a folder and its parents. Folders that this process may not read are
 * skipped, without a prompt.
 */
export function* denoConfigs(folder: string): Generator<DenoConfig> {
  for (const parent of parentsOf(folder)) {
    for (const path of NAMES.map((name) => `${parent}${name}`)) {
      const text = readIfThere(path);
      if (text === undefined) continue;
      yield { folder: parent, path, text, values: parsed(text) };
      break;
    }
  }
}

/** Yields a folder and its parents, each with a slash at the end. */
export function* parentsOf(folder: string): Generator<string> {
  for (let at = folder; at !== ""; at = at.replace(/[^/]*\/$/, "")) yield at;
}

/**
 * Returns the text of a file; `undefined` if there is none, or this process may not read it. Deno
 * itself skips these, too (2.9.6), and a folder of that name.
 */
export function readIfThere(path: string): string | undefined {
  const { NotFound, PermissionDenied, IsADirectory } = Deno.errors;
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if ([NotFound, PermissionDenied, IsADirectory].some((Kind) => error instanceof Kind)) {
      return undefined;
    }
    throw error;
  }
}

const MAX_PARSED = 64;
const parsedTexts = new Map<string, Readonly<Record<string, unknown>>>();

function parsed(text: string): Readonly<Record<string, unknown>> {
  let values = parsedTexts.get(text);
  if (values !== undefined) return values;
  values = parseConfig(text);
  if (parsedTexts.size >= MAX_PARSED) parsedTexts.clear();
  parsedTexts.set(text, values);
  return values;
}

/** Parses JSON with comments, as Deno does. */
export function parseConfig(text: string): Record<string, unknown> {
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

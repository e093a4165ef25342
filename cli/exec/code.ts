/**
 * The code that `exec` runs, checked before anything starts.
 *
 * @module
 */

import { ModuleError } from "../../errors.ts";
import { codeOf } from "../../code/prepare.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { UsageError } from "../usage.ts";

/** Schemes of addresses; all else is a path. */
const ADDRESS = /^(https?|jsr|npm|node|data|file):/;

const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => unknown;

/**
 * Returns source text, or the URL of a module.
 *
 * @throws {UsageError} if there is none, or it does not parse.
 */
export async function codeFrom(args: Arguments): Promise<string | URL> {
  const source = args.text("eval");
  const [file] = args.operands;
  if ((source === undefined) === (file === undefined)) {
    const seen = source === undefined ? "there is neither" : "there are both";
    throw new UsageError(`exec takes a file, a URL, or the text of -e: ${seen}`);
  }
  return source === undefined ? await moduleAt(file) : checkedSource(source);
}

/** Returns the URL of a module, whose files have been read if it has any here. */
export async function moduleAt(word: string): Promise<URL> {
  const url = urlOf(word);
  if (url.protocol === "file:") {
    try {
      // The same code is asked for again, and found, when it is sent.
      await codeOf(url, undefined, moduleAt).text;
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      throw new UsageError(error.message);
    }
  }
  return url;
}

function urlOf(word: string): URL {
  if (ADDRESS.test(word)) {
    const url = URL.parse(word);
    if (url === null) throw new UsageError(`"${word}" is no URL`);
    return url;
  }
  // A path may have any character in it.
  const path = encodeURI(word).replaceAll("#", "%23").replaceAll("?", "%3F");
  return new URL(path, `file://${encodeURI(Deno.cwd())}/`);
}

function checkedSource(source: string): string {
  try {
    const { text, position } = codeOf(source, undefined, checkedSource);
    if (position !== "") {
      throw new SyntaxError(`it does not parse at line ${lineAndColumn(position)}`);
    }
    // It has not been run.
    new AsyncFunction("channel", "args", `"use strict";\n${text}`);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new UsageError(`the source of -e is wrong: ${error.message}`);
  }
  return source;
}

function lineAndColumn(position: string): string {
  const [line, column] = position.split(":");
  return `${line}, column ${column}`;
}

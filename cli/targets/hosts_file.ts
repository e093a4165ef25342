/**
 * The hosts file: names for lists of targets.
 *
 * @module
 */

import { UsageError } from "../usage.ts";

/** Names, and the targets that they stand for. */
export type HostNames = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a hosts file.
 *
 * @param path Default: `~/.config/execnet/hosts`.
 * @throws {UsageError} if it cannot be read, or a line is wrong.
 */
export async function readHostsFile(path: string | undefined): Promise<HostNames> {
  const file = path ?? defaultPath();
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    const where = path === undefined ? `; write it, or name another by --hosts FILE` : "";
    throw new UsageError(`cannot read the hosts file ${file}: ${(error as Error).message}${where}`);
  }
  return parseHosts(text, file);
}

function defaultPath(): string {
  const base = Deno.env.get("XDG_CONFIG_HOME") || `${Deno.env.get("HOME") ?? ""}/.config`;
  return `${base}/execnet/hosts`;
}

/** Parses the text of a hosts file: lines of `name: target target…`. */
export function parseHosts(text: string, file: string): HostNames {
  const names = new Map<string, readonly string[]>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const place = `line ${index + 1} of ${file}`;
    const words = splitLine(line, place);
    if (words.length === 0) continue;
    const [, name] = /^([^\s@:]+):$/.exec(words[0]) ?? [];
    if (name === undefined) {
      throw new UsageError(`${place} is not of the form "name: target target…": ${line.trim()}`);
    }
    if (names.has(name)) throw new UsageError(`${place} has the name "${name}" once more`);
    names.set(name, words.slice(1));
  }
  return names;
}

/** White space, or a piece of a word. */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;

/** Splits a line into words, as a shell does; nothing is expanded. */
function splitLine(line: string, place: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at = PIECE.lastIndex) {
    if (word === undefined && line[at] === "#") break; // within a word, it is like any other
    PIECE.lastIndex = at;
    const found = PIECE.exec(line);
    if (found === null) {
      throw new UsageError(`${place} has a quote that is not closed, or ends in a backslash`);
    }
    const [, space, single, double, escaped, plain] = found;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    word ??= "";
    word += single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * The words of command lines.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";

/** Characters that a backslash escapes within double quotes. */
const ESCAPED_IN_DOUBLE_QUOTES = '"\\$`';

/**
 * Splits a text into words at white space. Quotes and backslashes work as in a shell; nothing is
 * expanded.
 *
 * @param key The key that the text is from, for messages.
 * @throws {SpecError} if a quote is not closed, or a backslash is the last character.
 */
export function splitWords(text: string, key: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (character === "\\" && quote !== "'") {
      const next = text[at + 1];
      if (next === undefined) throw new SpecError(`the key "${key}" ends in a lone backslash`);
      const escapes = quote === undefined || ESCAPED_IN_DOUBLE_QUOTES.includes(next);
      word = (word ?? "") + (escapes ? next : character + next);
      at++;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== undefined) {
    throw new SpecError(`the key "${key}" has a ${quote} that is not closed: ${text}`);
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Joins words to a command line for a POSIX shell, each quoted. */
export function quoteWords(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

/**
 * The command line of OpenSSH's client: options, and the host among them.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";
import { splitWords } from "../shell/words.ts";

/** What `ssh=` says. */
export interface SshTarget {
  /** Options, as `ssh` takes them. */
  options: readonly string[];
  /** `[user@]host`, or a name from the user's configuration. */
  host: string;
}

/** Options that are followed by a value. */
const WITH_VALUE = "BbcDEeFIiJLlmoPpRSw";
/** Options that stand alone. */
const ALONE = "46AaCgKkMqTvXxYy";

/**
 * Takes the value of `ssh=` apart.
 *
 * @throws {SpecError} when it is not `[options] [user@]host`, or has an option that leaves no place
 * for a gateway.
 */
export function parseSsh(value: string): SshTarget {
  const words = splitWords(value, "ssh");
  const options: string[] = [];
  while (words.length > 0 && /^-./.test(words[0])) {
    const word = words.shift() as string;
    options.push(word);
    if (word === "--") break;
    if (needsValue(word)) {
      const next = words.shift();
      if (next === undefined) throw new SpecError(`the ssh option ${word} needs a value`);
      options.push(next);
    }
  }
  if (options.at(-1) === "--") options.pop();
  const [host, ...rest] = words;
  if (host === undefined || host === "") {
    throw new SpecError(`the key "ssh" names no host: ssh=[options] [user@]host`);
  }
  if (rest.length > 0) {
    throw new SpecError(
      `the key "ssh" has "${
        rest.join(" ")
      }" after the host "${host}"; options go before the host, ` +
        `and the command is the gateway's own`,
    );
  }
  return { options, host };
}

/** Whether the value of the last option in `word`, such as `-vp`, is the word after it. */
function needsValue(word: string): boolean {
  for (let at = 1; at < word.length; at++) {
    if (WITH_VALUE.includes(word[at])) return at === word.length - 1;
    if (!ALONE.includes(word[at])) {
      throw new SpecError(
        `the key "ssh" has the option ${word}: a gateway cannot be started with "-${word[at]}"`,
      );
    }
  }
  return false;
}

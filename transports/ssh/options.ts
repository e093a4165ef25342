/**
 * The command line of OpenSSH's client: options, and the host among them.
 *
 * @module
 */

import { SpecError } from "../../errors.ts";
import { splitWords } from "../shell/words.ts";

/** What the key `ssh` says. */
export interface SshTarget {
  /** Options, as on the command line of `ssh`. */
  readonly flags: readonly string[];
  /** `[user@]host`, or a name from the user's configuration. */
  readonly host: string;
}

/** Options besides those of the user. */
export interface AddedOptions {
  /** In place of the user's: they have to come first. */
  readonly needed: readonly string[];
  /** What the user's configuration does not set. */
  readonly defaults: readonly string[];
}

/** What the keys of a spec with `ssh` say. */
export interface SshOptions extends SshTarget {
  /** The value of `ssh`, as given. */
  readonly value: string;
  /** A configuration file. */
  readonly ssh_config?: string;
  /** Found out before a start. */
  readonly added?: AddedOptions;
}

/** Options that are followed by a value. */
const WITH_VALUE = "BbcDEeFIiJLlmoPpRSw";
/** Options that stand alone. */
const ALONE = "46AaCgKkMqTvXxYy";
const ALONE_FIRST = new RegExp(`^-([${ALONE}]*)(.*)$`, "s");

/** Returns the words that name the configuration file. */
export function configFile({ ssh_config }: SshOptions): string[] {
  return ssh_config === undefined ? [] : ["-F", ssh_config];
}

/**
 * Parses the value of `ssh`.
 *
 * @throws {SpecError} if it is not `[options] [user@]host`, or has an option with which no gateway
 * can be started.
 */
export function parseSsh(value: string): SshTarget {
  const words = splitWords(value, "ssh");
  const flags: string[] = [];
  while (words.length > 0 && /^-./.test(words[0])) {
    const word = words.shift() as string;
    if (word === "--") break;
    flags.push(...withoutQuiet(word));
    if (needsValue(word)) {
      const next = words.shift();
      if (next === undefined) throw new SpecError(`the ssh option ${word} needs a value`);
      flags.push(next);
    }
  }
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
  return { flags, host };
}

/** Replaces `-q`, which would hide why a login fails, and over which no other option has power. */
function withoutQuiet(word: string): string[] {
  const [, alone, rest] = ALONE_FIRST.exec(word) as RegExpExecArray;
  if (!alone.includes("q")) return [word];
  const others = `-${alone.replaceAll("q", "")}${rest}`;
  return ["-oLogLevel=ERROR", ...others === "-" ? [] : [others]];
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

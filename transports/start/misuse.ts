/**
 * What starts a gateway in a way that cannot work, told by what is printed.
 *
 * @module
 */

import { FIRST_LINE } from "../../protocol/constants.ts";
import { WORDS_JOINED } from "../start_script.ts";

interface Misuse {
  readonly pattern: RegExp;
  /** What is wrong, and what to do. */
  readonly say: string;
}

const MISUSES: readonly Misuse[] = [
  {
    pattern: new RegExp(`^${WORDS_JOINED}$`),
    say:
      "its command joins its words to one text, which a shell reads again, as `ssh host` does; " +
      "use ssh=host, with via= for what runs behind it, or a script that passes each word on by itself",
  },
  {
    pattern: new RegExp(`^${/^echo (.+);/.exec(FIRST_LINE)?.[1]}$`),
    say:
      "a shell there reads what is sent to Deno, and was ended; does a start file such as ~/.bashrc " +
      "start another shell, or does the command drop the words behind it?",
  },
];

/** Returns what is wrong, and what to do; undefined if the lines tell nothing of that kind. */
export function misuseOf(seen: readonly string[]): string | undefined {
  return MISUSES.find(({ pattern }) => seen.some((line) => pattern.test(line)))?.say;
}

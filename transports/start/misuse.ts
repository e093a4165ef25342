/**
 * What starts a gateway in a way that cannot work, told by what is printed.
 *
 * @module
 */

import { FIRST_LINE, STREAM_CUT } from "../../protocol/constants.ts";
import { NO_STDIN, TERMINAL_STDIN, WORDS_JOINED } from "../start_script.ts";

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
  {
    pattern: new RegExp(`^${NO_STDIN}$`),
    say: "its command does not pass on stdin: add -i, as in command=docker exec -i box",
  },
  {
    pattern: new RegExp(`^${TERMINAL_STDIN}\r?$`),
    say:
      "its command makes a terminal, which changes the bytes of the protocol: leave out -t, as in " +
      "command=docker exec -i box",
  },
  {
    pattern: new RegExp(`^${STREAM_CUT}$`),
    say:
      "something there has read from the stream before Deno could; nothing that runs at the login or in " +
      "front of it (~/.bashrc, ForceCommand, LocalCommand) may read stdin: give it </dev/null",
  },
];

/** Returns what is wrong, and what to do; undefined if the lines tell nothing of that kind. */
export function misuseOf(seen: readonly string[]): string | undefined {
  return MISUSES.find(({ pattern }) => seen.some((line) => pattern.test(line)))?.say;
}

/**
 * The help, made of the table.
 *
 * @module
 */

import { COMMANDS } from "./table/commands.ts";
import type { Command, Option } from "./table/option.ts";

const COLUMNS = 80;
const INDENT = 2;
const MAX_TERM_COLUMNS = 26;

/** Returns the help of the program. */
export function programHelp(): string {
  const commands: readonly Command[] = COMMANDS;
  const rows = commands.map(({ name, summary }): Row => [name, summary]);
  return [
    "Runs code on other machines, or in other processes of this one. Nothing is installed there but " +
    "Deno, and nothing is permitted there that you do not grant.",
    "usage: execnet COMMAND [options]",
    table("commands", rows),
    table("options", [
      ["-h, --help", "Show this; of a command: execnet COMMAND --help"],
      ["--version", "Show the version"],
    ]),
    table("exit status", EXIT_STATUS.map(([status, meaning]): Row => [`${status}`, meaning])),
    examplesOf(commands.flatMap(({ examples }) => examples.slice(0, 1))),
  ].map(wrapped).join("\n\n") + "\n";
}

/** Returns the help of a command. */
export function commandHelp(command: Command): string {
  const { name, operands, summary, details, options, takesGrants } = command;
  return [
    `${summary}.`,
    `usage: execnet ${name} [options]${operands === "" ? "" : ` ${operands}`}`,
    ...details,
    table("options", options.map((option): Row => [formsOf(option), `${option.help}`])),
    ...(takesGrants ? [table("permissions of the targets, as deno run takes them", GRANTS)] : []),
    examplesOf(command.examples),
  ].map(wrapped).join("\n\n") + "\n";
}

/** What the exit status says. Of several, 130 counts most, then 124, then the largest. */
export const EXIT_STATUS: readonly (readonly [status: number, meaning: string])[] = [
  [0, "All is well"],
  [1, "Remote code failed"],
  [2, "The command line is wrong, or the code does not parse; nothing was started"],
  [3, "Some target could not be started"],
  [4, "Some target was lost"],
  [124, "The time was over"],
  [130, "Ctrl-C"],
];

/** The permission flags, for help. */
export const GRANTS: readonly Row[] = [
  ["--allow-KIND[=a,b]", "Grant it: read, write, net, env, run, sys, ffi or import"],
  ["--deny-KIND[=a,b]", "Deny it, within what is granted"],
  ["-A, --allow-all", "Grant everything"],
  ["-R -W -N -E -S -I", "Short for --allow-read, -write, -net, -env, -sys and -import"],
];

type Row = readonly [term: string, meaning: string];

/** Returns the ways to write an option, such as `-w, --on TARGETS`. */
export function formsOf({ name, short, isShortOnly, value, isOptional }: Option): string {
  const forms = [
    ...(short === undefined ? [] : [`-${short}`]),
    ...(isShortOnly ? [] : [`--${name}`]),
  ].join(", ");
  if (value === undefined) return forms;
  return isOptional ? `${forms}[=${value}]` : `${forms} ${value}`;
}

function table(title: string, rows: readonly Row[]): string {
  const width = Math.min(Math.max(...rows.map(([term]) => term.length)), MAX_TERM_COLUMNS);
  const lines = rows.map(([term, meaning]) => {
    const hanging = " ".repeat(INDENT + width + 2);
    const text = wrap(meaning, COLUMNS - hanging.length).join(`\n${hanging}`);
    const head = `${" ".repeat(INDENT)}${term.padEnd(width)}  `;
    return term.length > width ? `${head.trimEnd()}\n${hanging}${text}` : head + text;
  });
  return [`${title}:`, ...lines].join("\n");
}

function examplesOf(examples: Command["examples"]): string {
  const lines = examples.flatMap(([line, meaning]) => [`  # ${meaning}`, `  ${line}`]);
  return ["examples:", ...lines].join("\n");
}

/** Wraps a paragraph; a block of several lines stays as it is. */
function wrapped(block: string): string {
  return block.includes("\n") ? block : wrap(block, COLUMNS).join("\n");
}

function wrap(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

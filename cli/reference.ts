/**
 * The reference page, `docs/cli.md`, made of the table.
 *
 * @module
 */

import { EXIT_STATUS, formsOf, GRANTS } from "./help.ts";
import { COMMANDS } from "./table/commands.ts";
import { type Command, HELP, TARGET_OPTIONS } from "./table/option.ts";

/** Returns the page. */
export function reference(): string {
  const commands: readonly Command[] = COMMANDS;
  return [
    "<!-- Made by _tools/cli_reference.ts of cli/table/; a test compares it. -->",
    "# Command line",
    "How do I use gateways without writing a program?",
    "```sh\ndeno install -gA -n execnet jsr:@x/execnet/cli\nexecnet COMMAND [options]\n```",
    table(
      ["command", "does"],
      commands.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]),
    ),
    'In a clone, `deno task execnet` is the same. `eval "$(execnet completions bash)"` completes ' +
    "words, also for zsh; for fish it is `execnet completions fish | source`.",
    ...commands.flatMap(sectionOf),
    "## Targets",
    "These options are the same for each command that runs something on targets. One `-w` is one " +
    "target, or the name of several. A [spec](specs.md) says where and how a gateway starts.",
    optionTable(TARGET_OPTIONS),
    "The ids of targets are the host names of a range, and `gw0`, `gw1` … otherwise. In the hosts " +
    "file, words are quoted as in a shell, and `#` begins a comment:",
    '```text\nweb: ssh=web[01-20]\ndb: "ssh=-p 2222 root@db" # another port\nall: @web @db\n```',
    "## Permissions of the targets",
    "Nothing is granted without a flag. What a spec grants by itself adds to that.",
    table(["flag", "does"], GRANTS.map(([flag, does]) => [`\`${flag}\``, does])),
    "## Exit status",
    table(["status", "meaning"], EXIT_STATUS.map(([status, does]) => [`${status}`, does])),
    "Of several, 130 counts most, then 124, then the largest. Failures end in one table on stderr. " +
    "The first Ctrl-C asks what runs to stop, and gives it 5 s; the second one kills it. If nobody " +
    "reads stdout any more, as behind `| head`, everything ends quietly.",
  ].join("\n\n") + "\n";
}

function sectionOf(command: Command): string[] {
  const { name, operands, summary, details, options, examples } = command;
  const own = options.filter((each) => each !== HELP && !TARGET_OPTIONS.includes(each));
  return [
    `## ${name}`,
    `${summary}: \`execnet ${name} [options]${operands === "" ? "" : ` ${operands}`}\``,
    ...details.map(code),
    ...(own.length === 0 ? [] : [optionTable(own)]),
    `\`\`\`sh\n${examples.map(([line, meaning]) => `# ${meaning}\n${line}`).join("\n")}\n\`\`\``,
  ];
}

function optionTable(options: Command["options"]): string {
  return table(
    ["option", "does"],
    options.map((each) => [`\`${formsOf(each)}\``, code(each.help)]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll("|", "\\|")));
  return [line(head), line(head.map(() => "---")), ...escaped.map(line)].join("\n");
}

/** Marks what a user would type or see. */
function code(text: string): string {
  return text.replaceAll(
    /(?:\{"[^}]*\}|(?<![\w-])--?[a-z][\w=-]*|\w+\/<id>|\S*\*\S*|\S*\[\d\S*\])/g,
    "`$&`",
  )
    .replaceAll(/([,.;]+)`/g, "`$1");
}

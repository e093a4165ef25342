/**
 * `execnet completions`: scripts for shells, made of the table.
 *
 * @module
 */

import type { Arguments } from "./arguments/arguments.ts";
import { KINDS } from "./arguments/permission_flags.ts";
import { writeAll } from "./output/write_all.ts";
import { COMMANDS } from "./table/commands.ts";
import type { Command, Option } from "./table/option.ts";
import { didYouMean, UsageError } from "./usage.ts";

const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

/** Prints the script of a shell. */
export async function run({ operands: [shell] }: Arguments): Promise<number> {
  const script = SHELLS[shell ?? ""];
  if (script === undefined) {
    const hint = shell === undefined
      ? `; it is one of ${Object.keys(SHELLS).join(", ")}`
      : await didYouMean(shell, Object.keys(SHELLS));
    throw new UsageError(`completions needs a shell${hint}`);
  }
  await writeAll(Deno.stdout, script());
  return 0;
}

const commands: readonly Command[] = COMMANDS;

/** Returns the words for the options of a command, as they are written. */
function wordsOf(command: Command): string[] {
  return [...command.options.flatMap(formsOf), ...grantsOf(command)];
}

function formsOf({ name, short, isShortOnly }: Option): string[] {
  return [...(isShortOnly ? [] : [`--${name}`]), ...(short === undefined ? [] : [`-${short}`])];
}

function grantsOf({ takesGrants }: Command): string[] {
  if (!takesGrants) return [];
  return ["--allow-all", ...KINDS.flatMap((kind) => [`--allow-${kind}`, `--deny-${kind}`])];
}

/** Returns the options after which a word is no option, but a value. */
function takingNext({ options }: Command, completes?: Option["completes"]): string[] {
  return options
    .filter((each) => each.value !== undefined && !each.isOptional)
    .filter((each) => completes === undefined || each.completes === completes)
    .flatMap(formsOf);
}

function bash(): string {
  const cases = commands.map((command) => {
    const files = takingNext(command, "file");
    const folders = takingNext(command, "directory");
    const values = takingNext(command);
    const words = Array.isArray(command.completes) ? command.completes.join(" ") : "";
    const operands = command.completes === "file" ? "-f" : `-W '${words}'`;
    return `    ${command.name})
      case $previous in
${
      files.length > 0
        ? `        ${files.join("|")}) COMPREPLY=($(compgen -f -- "$word")); return ;;\n`
        : ""
    }${
      folders.length > 0
        ? `        ${folders.join("|")}) COMPREPLY=($(compgen -d -- "$word")); return ;;\n`
        : ""
    }${values.length > 0 ? `        ${values.join("|")}) return ;;\n` : ""}      esac
      case $word in
        -*) COMPREPLY=($(compgen -W '${wordsOf(command).join(" ")}' -- "$word")) ;;
        *) COMPREPLY=($(compgen ${operands} -- "$word")) ;;
      esac ;;`;
  });
  const names = commands.map(({ name }) => name).join(" ");
  return `# bash completion for execnet: eval "$(execnet completions bash)"
_execnet() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names} --help --version' -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join("\n")}
  esac
}
complete -o filenames -F _execnet execnet
`;
}

function zsh(): string {
  const cases = commands.map((command) => {
    const options = command.options.flatMap((option) =>
      formsOf(option).map((form) => zshOption(form, option))
    );
    const grants = grantsOf(command).map((flag) => quoted(`*${flag}[grant or deny it]`));
    const operands = command.completes === "file"
      ? [quoted("*:file:_files")]
      : Array.isArray(command.completes)
      ? [quoted(`1:word:(${command.completes.join(" ")})`)]
      : [];
    const all = [...options, ...grants, ...operands];
    return `    ${command.name}) _arguments -s ${all.join(" \\\n      ")} ;;`;
  });
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ");
  return `#compdef execnet
# zsh completion for execnet: eval "$(execnet completions zsh)"
_execnet() {
  if ((CURRENT == 2)); then
    local -a words=(${described} --help --version)
    _describe command words
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join("\n")}
  esac
}
compdef _execnet execnet
`;
}

function zshOption(form: string, { value, isOptional, isRepeatable, completes, help }: Option) {
  const text = help.replace(/[[\]:\\]/g, "\\$&");
  const action = completes === "file" ? "_files" : completes === "directory" ? "_files -/" : " ";
  const takes = value === undefined || isOptional ? "" : `:${value}:${action}`;
  const glue = takes !== "" && form.startsWith("--") ? "=" : "";
  return quoted(`${isRepeatable ? "*" : ""}${form}${glue}[${text}]${takes}`);
}

function fish(): string {
  const lines = commands.flatMap((command) => {
    const { name, summary, options, completes } = command;
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    const operands = completes === "file"
      ? [`complete -c execnet ${within} -F`]
      : Array.isArray(completes)
      ? [`complete -c execnet ${within} -a ${quoted(completes.join(" "))}`]
      : [];
    return [
      `complete -c execnet -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...operands,
      ...options.map((option) => `complete -c execnet ${within} ${fishOption(option)}`),
      ...grantsOf(command).map((flag) => `complete -c execnet ${within} -l ${flag.slice(2)}`),
    ];
  });
  return `# fish completion for execnet: execnet completions fish | source
complete -c execnet -f
complete -c execnet -n __fish_use_subcommand -l help -s h -d 'Show help'
complete -c execnet -n __fish_use_subcommand -l version -d 'Show the version'
${lines.join("\n")}
`;
}

function fishOption({ name, short, isShortOnly, value, isOptional, completes, help }: Option) {
  return [
    ...(isShortOnly ? [] : [`-l ${name}`]),
    ...(short === undefined ? [] : [`-s ${short}`]),
    ...(value === undefined || isOptional ? [] : [completes === undefined ? "-x" : "-r -F"]),
    `-d ${quoted(help)}`,
  ].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

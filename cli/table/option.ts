/**
 * Commands and options as data. Parsing, help, completions and the reference page are made of it.
 *
 * @module
 */

/** What the value of an option is. */
export type ValueKind = "text" | "seconds" | "count" | "json";

/** An option. One without a `value` is a switch. */
export interface Option {
  /** Its long form, without `--`. */
  readonly name: string;
  /** Its short form, without `-`. */
  readonly short?: string;
  /** Set if the long form is not this option: another has it. */
  readonly isShortOnly?: true;
  /** The name of its value in help, such as `FILE`. */
  readonly value?: string;
  /** What its value is; default: text. */
  readonly kind?: ValueKind;
  /** The words that its value may be. */
  readonly choices?: readonly string[];
  /** Set if the value may be left out. It is given as `--name=value` then. */
  readonly isOptional?: true;
  /** Set if it may be given several times. */
  readonly isRepeatable?: true;
  /** What completes its value. */
  readonly completes?: "file" | "directory";
  /** What it does, as a sentence without its period. */
  readonly help: string;
}

/** A command. */
export interface Command {
  readonly name: string;
  /** The words that are no options, as help shows them. */
  readonly operands: string;
  /** The number of these words, at most. */
  readonly maxOperands: number;
  /** What it does, as a sentence without its period. */
  readonly summary: string;
  /** More about it, in paragraphs. */
  readonly details: readonly string[];
  readonly options: readonly Option[];
  /** Set if Deno's permission flags grant to the targets. */
  readonly takesGrants?: true;
  /** Set if it has arguments that are not parsed here, but for `--help`. */
  readonly isPassedOn?: true;
  /** What completes its operands: files, or one of these words. */
  readonly completes?: "file" | readonly string[];
  /** Command lines, and what they do. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
}

/** `--help` of every command. */
export const HELP: Option = { name: "help", short: "h", help: "Show this" };

/** Options of every command that runs something on targets. */
export const TARGET_OPTIONS: readonly Option[] = [
  {
    name: "on",
    short: "w",
    value: "TARGETS",
    isRepeatable: true,
    help: "Run there: a spec, 4*popen, a range ssh=web[01-20,25], or @name of the hosts file; " +
      "default popen",
  },
  {
    name: "exclude",
    short: "x",
    value: "ID",
    isRepeatable: true,
    help: "Leave out the target with this id, or a range of ids",
  },
  {
    name: "hosts",
    value: "FILE",
    completes: "file",
    help: "Read @name from here, in lines of name: target target…; default ~/.config/execnet/hosts",
  },
  {
    name: "connect-timeout",
    value: "SECONDS",
    kind: "seconds",
    help: "Give up on a target that has not started by then; default 30",
  },
  {
    name: "timeout",
    value: "SECONDS",
    kind: "seconds",
    help: "Stop what a target runs after this time; default: no limit",
  },
  {
    name: "fanout",
    value: "N",
    kind: "count",
    help: "Run on this many targets at once; default: all",
  },
  { name: "dry-run", help: "Print what would be started for each target, and start nothing" },
  { name: "json", help: "Print lines of JSON" },
  { name: "no-color", help: "Print without colors" },
];

/** The option by which `push` and `pull` leave targets out: their `--exclude` is for files. */
export const EXCLUDED_TARGETS = "x";

/** Options of the commands that sync files. */
export const SYNC_TARGET_OPTIONS: readonly Option[] = TARGET_OPTIONS.map((option) => {
  if (option.name === "exclude") return { ...option, name: EXCLUDED_TARGETS, isShortOnly: true };
  if (option.name !== "dry-run") return option;
  return { ...option, help: "List what would change, and change nothing" };
});

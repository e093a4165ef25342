/**
 * Parses the arguments of a command by its row of the table.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Command, Option } from "../table/option.ts";
import { didYouMean, UsageError } from "../usage.ts";
import { Arguments } from "./arguments.ts";
import { addFlag, type Grants, isPermissionFlag, KINDS } from "./permission_flags.ts";

/** About as long as a timer can be. */
const MAX_SECONDS = 2_147_483;

/**
 * Parses arguments.
 *
 * @throws {UsageError} for an unknown option or a wrong value.
 */
export async function parseArguments(
  command: Command,
  given: readonly string[],
): Promise<Arguments> {
  const grants: Grants = { all: false, keys: new Map() };
  const { words, operands } = await longForms(command, given, grants);
  const unknown: string[] = [];
  const parsed = parseArgs(words, {
    string: command.options.map(({ name }) => name),
    collect: command.options.map(({ name }) => name),
    unknown: (word: string) => void unknown.push(word),
  });
  for (const word of unknown) await refuse(word, command);
  const values = new Map<string, unknown[]>();
  for (const option of command.options) {
    const texts = parsed[option.name] as string[];
    if (texts.length === 0) continue;
    values.set(option.name, texts.map((text) => checked(option, text)));
  }
  if (operands.length > command.maxOperands) {
    const extra = operands[command.maxOperands];
    throw new UsageError(
      command.maxOperands === 0
        ? `${command.name} takes no words besides options, such as "${extra}"`
        : `${command.name} takes ${command.operands} alone; "${extra}" is one word more`,
    );
  }
  return new Arguments(operands, grants, values);
}

/**
 * Writes each option as one word, `--name=value`, so that no value is taken for an option or an
 * operand, whatever it begins with. Takes out permission flags, and the operands.
 */
async function longForms(
  command: Command,
  given: readonly string[],
  grants: Grants,
): Promise<{ words: string[]; operands: string[] }> {
  const words: string[] = [];
  const operands: string[] = [];
  const left = [...given];
  const valueOf = (option: Option, shown: string) => {
    const value = left.shift();
    if (value === undefined) {
      throw new UsageError(`the option ${shown} needs a value: ${shown} ${option.value}`);
    }
    return `--${option.name}=${value}`;
  };
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") {
      operands.push(...left.splice(0));
    } else if (command.takesGrants && isPermissionFlag(word)) {
      await addFlag(word, grants);
    } else if (word.startsWith("--")) {
      const [flag] = word.split("=", 1);
      const option = command.options.find((each) => `--${each.name}` === flag && !each.isShortOnly);
      if (option === undefined) await refuse(flag, command);
      else words.push(takesNext(option) && flag === word ? valueOf(option, flag) : word);
    } else if (/^-[^\d]/.test(word)) {
      for (let at = 1; at < word.length; at++) {
        const option = command.options.find(({ short }) => short === word?.[at]);
        if (option === undefined) await refuse(`-${word[at]}`, command);
        else if (option.value === undefined) words.push(`--${option.name}`);
        else {
          const rest = word.slice(at + 1);
          words.push(rest === "" ? valueOf(option, `-${word[at]}`) : `--${option.name}=${rest}`);
          break;
        }
      }
    } else operands.push(word);
  }
  return { words, operands };
}

function takesNext(option: Option): boolean {
  return option.value !== undefined && !option.isOptional;
}

async function refuse(word: string, command: Command): Promise<never> {
  const shorts = command.options.flatMap(({ short }) => short === undefined ? [] : [`-${short}`]);
  const longs = command.options.filter((each) => !each.isShortOnly).map(({ name }) => `--${name}`);
  const flags = command.takesGrants ? KINDS.map((kind) => `--allow-${kind}`) : [];
  const near = word.startsWith("--") ? [...longs, ...flags] : [...shorts, ...longs];
  throw new UsageError(
    `${command.name} has no option "${word}"${await didYouMean(word, near)}`,
  );
}

/** Returns the value of an option; `true` for a switch. */
function checked(option: Option, text: string): unknown {
  const { name, value, kind = "text", choices, isOptional } = option;
  // An option without a value is parsed as an empty text.
  if (value === undefined || isOptional) {
    if (text === "") return true;
    if (value === undefined) throw new UsageError(`the option --${name} takes no value`);
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw new UsageError(`the value of --${name} is ${choices.join(" or ")}, not "${text}"`);
  }
  switch (kind) {
    case "text":
      if (text !== "") return text;
      throw new UsageError(`the option --${name} needs a value: --${name} ${value}`);
    case "seconds":
      return numberOf(name, text, "seconds, more than 0", (n) => n > 0 && n <= MAX_SECONDS);
    case "count":
      return numberOf(name, text, "a whole number from 1", (n) => Number.isInteger(n) && n > 0);
    case "json":
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new UsageError(`the value of --${name} is not JSON: ${(error as Error).message}`);
      }
  }
}

function numberOf(
  name: string,
  text: string,
  wanted: string,
  isRight: (number: number) => boolean,
): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (isRight(number)) return number;
  throw new UsageError(`the value of --${name} is ${wanted}, not "${text}"`);
}

/**
 * Finds the command, and runs it.
 *
 * @module
 */

import type { Arguments } from "./arguments/arguments.ts";
import { type CommandName, COMMANDS } from "./table/commands.ts";
import type { Command } from "./table/option.ts";
import { didYouMean, UsageError } from "./usage.ts";
import { STATUS } from "./run/status.ts";

/** What runs a command. Each is loaded when it is asked for: `--help` needs none. */
const IMPLEMENTATIONS: Readonly<Record<CommandName, () => Promise<Implementation>>> = {
  exec: () => import("./exec/exec.ts"),
  info: () => import("./info.ts"),
  map: () => import("./map/map.ts"),
  pull: () => import("./sync/pull.ts"),
  push: () => import("./sync/push.ts"),
  completions: () => import("./completions.ts"),
  serve: () => import("./serve.ts"),
};

interface Implementation {
  /** Returns the exit status. */
  run(args: Arguments): Promise<number>;
}

/**
 * Runs a command line, such as `["exec", "-e", "1"]`, and returns its exit status. It does not end this
 * process.
 *
 * @example
 * ```ts
 * import { main } from "@x/execnet/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await main(["exec", "-e", "throw new Error('of the far side')"]), 1);
 * assertEquals(await main(["exec", "-e", "no code"]), 2);
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args[0] === "help" ? [...args.slice(1, 2), "--help"] : args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`execnet: ${error.message}`);
    return STATUS.usage;
  }
}

async function dispatch([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--version") return await printVersion();
  const commands: readonly Command[] = COMMANDS;
  const command = commands.find((each) => each.name === name);
  if (name === undefined || name === "--help" || name === "-h") {
    const { programHelp } = await import("./help.ts");
    if (name === undefined) console.error(programHelp().trimEnd());
    else await print(programHelp());
    return name === undefined ? STATUS.usage : 0;
  }
  if (command === undefined) {
    const what = name.startsWith("-") ? "option before the command" : "command";
    const names = name.startsWith("-") ? ["--help", "--version"] : commands.map(({ name }) => name);
    throw new UsageError(`there is no ${what} "${name}"${await didYouMean(name, names)}`);
  }
  if (asksForHelp(command, args)) {
    const { commandHelp } = await import("./help.ts");
    await print(commandHelp(command));
    return 0;
  }
  const { parseArguments } = await import("./arguments/parse.ts");
  const parsed = await parseArguments(command, args);
  const { run } = await IMPLEMENTATIONS[name as CommandName]();
  return await run(parsed);
}

/** Returns whether `--help` or `-h` is among the words, and is neither an operand nor a value. */
function asksForHelp({ options }: Command, args: readonly string[]): boolean {
  for (let at = 0; at < args.length && args[at] !== "--"; at++) {
    if (args[at] === "--help" || args[at] === "-h") return true;
    const takesNext = options.some(({ name, short, value, isOptional }) =>
      value !== undefined && !isOptional && [`--${name}`, `-${short}`].includes(args[at])
    );
    if (takesNext) at++;
  }
  return false;
}

async function printVersion(): Promise<number> {
  const { default: { version } } = await import("../deno.json", { with: { type: "json" } });
  await print(`execnet ${version}\n`);
  return 0;
}

async function print(text: string): Promise<void> {
  const { writeAll } = await import("./output/write_all.ts");
  await writeAll(Deno.stdout, text);
}

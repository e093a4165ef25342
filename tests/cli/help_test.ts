/** Help, versions, and words that are wrong. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { commandHelp, formsOf, programHelp } from "../../cli/help.ts";
import { COMMANDS } from "../../cli/table/commands.ts";
import type { Command } from "../../cli/table/option.ts";
import { readArguments } from "../../server/main.ts";
import config from "../../deno.json" with { type: "json" };
import { test } from "../support/bounded.ts";
import { execnet } from "../support/cli.ts";

test("--help is printed everywhere, within 80 columns but for examples", async () => {
  const [program, command, word, none] = await Promise.all([
    execnet(["--help"]),
    execnet(["exec", "-w", "popen", "job.ts", "--help"]),
    execnet(["help", "exec"]),
    execnet([]),
  ]);
  assertEquals([program.code, program.stdout, program.stderr], [0, programHelp(), ""]);
  assertEquals([command.code, command.stdout, word.stdout], [
    0,
    commandHelp(COMMANDS[0]),
    command.stdout,
  ]);
  assertEquals([none.code, none.stdout, none.stderr], [2, "", programHelp()]);
  for (const text of [programHelp(), ...COMMANDS.map(commandHelp)]) {
    assertStringIncludes(text, "examples:");
    for (const line of text.split("\n")) {
      assertEquals(line.length <= 80 || line.includes("execnet "), true, line);
    }
  }
});

Deno.test("the help of a command has each option and permission flag", () => {
  const commands: readonly Command[] = COMMANDS;
  for (const command of commands) {
    const help = commandHelp(command);
    for (const option of command.options) assertStringIncludes(help, `  ${formsOf(option)}`);
    assertEquals(help.includes("--allow-KIND"), command.takesGrants === true);
  }
});

test("--version says that of the package; a wrong command is told the nearest", async () => {
  const [version, wrong, option] = await Promise.all([
    execnet(["--version"]),
    execnet(["exce"]),
    execnet(["--verison"]),
  ]);
  assertEquals(version.stdout, `execnet ${config.version}\n`);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, `no command "exce"; did you mean "exec"?`);
  assertStringIncludes(option.stderr, `did you mean "--version"?`);
});

test("serve has the options of the server's program, and is it", async () => {
  const serve = COMMANDS.find(({ name }) => name === "serve") as Command;
  for (const { name, value, kind } of serve.options) {
    if (name.startsWith("tls-")) continue; // its file is read
    readArguments(["1", value === undefined ? `--${name}` : `--${name}=${kind ? 1 : "x"}`]);
  }
  const wrong = await execnet(["serve", "8888", "--max-sesions=3"]);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.stderr, `did you mean "--max-sessions"?`);
});

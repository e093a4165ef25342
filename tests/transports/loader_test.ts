import { assertEquals } from "@std/assert";
import { LOADER_URL } from "../../transports/program/loader.ts";
import { userStack } from "../../remote/compile.ts";
import { denoArguments } from "../../transports/program/deno_command.ts";
import { resolveSpec } from "../../spec/spec.ts";
import { DEFAULT_LIMITS } from "../../protocol/constants.ts";
import { localHello, PreambleDecoder } from "../../protocol/preamble.ts";
import { test } from "../support/bounded.ts";

for (const [how, spec] of [["files", "popen"], ["sockets", "popen//deny-read=/dev/fd"]]) {
  test(`a gateway on ${how} says hello before it has its program, and ends with its input`, async () => {
    const child = new Deno.Command("sh", {
      args: [
        "-c",
        `exec "$@" 4>&1 1>&2 3<&0 0</dev/null`,
        "sh",
        Deno.execPath(),
        ...denoArguments(resolveSpec(spec)),
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const decoder = new PreambleDecoder();
    let greeting: ReturnType<PreambleDecoder["push"]>;
    for await (const chunk of child.stdout) {
      greeting = decoder.push(chunk);
      if (greeting !== undefined) break;
    }
    const { pid } = child;
    assertEquals(greeting?.hello, { ...localHello("", DEFAULT_LIMITS.maxItemBytes), pid });
    assertEquals(greeting?.rest.length, 0);
    await child.stdin.close();
    assertEquals((await child.status).code, 0);
  });
}
Deno.test("a stack has no frames of the loader", () => {
  const frames = ["Error: broken", "    at f (execnet:remote:1:1)", `    at ${LOADER_URL}:1:99`];
  assertEquals(userStack(frames.join("\n")), "Error: broken");
});

import { assertEquals } from "@std/assert";
import { encodeProgram, LOADER_URL } from "../../transports/program/loader.ts";
import { userStack } from "../../remote/compile.ts";
import { denoArguments } from "../../transports/program/deno_command.ts";
import { resolveSpec } from "../../spec/spec.ts";
import { DEFAULT_LIMITS, FIRST_LINE, STREAM_CUT } from "../../protocol/constants.ts";
import { localHello, PreambleDecoder } from "../../protocol/preamble.ts";
import { test } from "../support/bounded.ts";

/** Runs the loader on an input; `PROGRAM` does nothing. */
async function load(spec: string, input: Uint8Array) {
  await using child = new Deno.Command("sh", {
    args: [
      "-c",
      `exec "$@" 4>&1 1>&2 3<&0 0</dev/null`,
      "sh",
      Deno.execPath(),
      ...denoArguments(resolveSpec(spec)),
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { pid } = child;
  const written = new Blob([new Uint8Array(input)]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await written;
  return { pid, code, stdout, stderr: new TextDecoder().decode(stderr) };
}

const PROGRAM = encodeProgram(new TextEncoder().encode("void boot"), false);

for (const [how, spec] of [["files", "popen"], ["sockets", "popen//deny-read=/dev/fd"]]) {
  test(`a gateway on ${how} says hello when it has read its program, and not before`, async () => {
    const { pid, code, stdout } = await load(spec, PROGRAM);
    const greeting = new PreambleDecoder().push(stdout);
    assertEquals(greeting?.hello, { ...localHello("", DEFAULT_LIMITS.maxItemBytes), pid });
    assertEquals([greeting?.rest.length, code], [0, 0]);
    for (const cut of [0, 10, PROGRAM.length - 1]) {
      const { code, stdout, stderr } = await load(spec, PROGRAM.subarray(0, cut));
      assertEquals([code, stdout.length, stderr], [0, 0, ""]);
    }
  });

  test(`a gateway on ${how} ends if something has read from its stream before`, async () => {
    for (const lost of [1, 10, FIRST_LINE.length]) {
      const input = new Uint8Array([...PROGRAM.subarray(lost), ...PROGRAM]);
      const { code, stdout, stderr } = await load(spec, input);
      assertEquals([code, stdout.length, stderr], [1, 0, `${STREAM_CUT}\n`]);
    }
  });
}

Deno.test("a stack has no frames of the loader", () => {
  const frames = ["Error: broken", "    at f (execnet:remote:1:1)", `    at ${LOADER_URL}:1:99`];
  assertEquals(userStack(frames.join("\n")), "Error: broken");
});

import { assertEquals, assertThrows } from "@std/assert";
import type { Code } from "../../code/code.ts";
import { loadTools } from "../../code/loaded.ts";
import { ProtocolError, type RemoteError } from "../../errors.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";
import type { UncaughtHandler } from "../uncaught_handler.ts";
import { UncaughtErrors } from "./uncaught.ts";

const CODE: Code = {
  kind: "call",
  text: "() => 1",
  name: "job",
  position: "",
  locate: () => (line, column) => ({ file: "file:///mine.ts", line: line + 10, column }),
};

/** An error that was thrown in line 2 of a function `job`. */
function jobError(): Error {
  const error = new Error("late");
  error.stack = "Error: late\n    at job:2:7";
  return error;
}

async function setUp(handler?: UncaughtHandler) {
  await loadTools();
  const context = new FakeContext();
  const told: [error: RemoteError, gateway: string, missed: number][] = [];
  const record: UncaughtHandler = (error, { id }, missed) => void told.push([error, id, missed]);
  const owner = { id: "gw7" } as never;
  const errors = new UncaughtErrors(context as never, owner, () => handler ?? record);
  const bytes = context.codec.encodeError(jobError());
  return { errors, told, bytes, settle: () => new Promise<void>((done) => setTimeout(done)) };
}

Deno.test("UncaughtErrors passes on an error with the user's own lines", async () => {
  const { errors, told, bytes, settle } = await setUp();
  errors.codeSent(3, CODE);
  errors.receive(3, 2, bytes);
  await settle();
  const [[error, gateway, missed]] = told;
  assertEquals([error.message, gateway, missed, told.length], ["late", "gw7", 2, 1]);
  assertEquals(error.remoteStack.split("\n")[1], "    at file:///mine.ts:12:7");
});

Deno.test("UncaughtErrors keeps the lines of code that it does not know, or no more", async () => {
  const { errors, told, bytes, settle } = await setUp();
  for (let channel = 1; channel < 1_000; channel += 2) errors.codeSent(channel, CODE);
  for (const channel of [0, 1]) errors.receive(channel, 0, bytes);
  await settle();
  for (const [error] of told) assertEquals(error.remoteStack.split("\n")[1], "    at job:2:7");
  assertEquals(told.length, 2);
});

Deno.test("UncaughtErrors passes on 100 errors a second, and counts the others", async () => {
  const { errors, told, bytes, settle } = await setUp();
  for (let i = 0; i < 100_000; i++) errors.receive(0, 0, bytes);
  await settle();
  assertEquals(told.length, 100);
});

Deno.test("UncaughtErrors reads nothing if there is no handler", () => {
  const errors = new UncaughtErrors(new FakeContext() as never, { id: "gw7" } as never);
  errors.receive(0, 0, Uint8Array.of(0xc1));
});

for (const [what, item] of [["a text", "x"], ["nothing", undefined]] as const) {
  Deno.test(`UncaughtErrors takes ${what} for a breach of the protocol`, async () => {
    const { errors } = await setUp();
    const bytes = new FakeContext().codec.encode(item).slice();
    assertThrows(() => errors.receive(0, 0, bytes), ProtocolError, "uncaught");
  });
}

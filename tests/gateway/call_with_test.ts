import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChannelClosedError, Group, TimeoutError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { whenGone } from "../support/processes.ts";

test("Gateway.callWith() returns the result, under the name of its options", async () => {
  await using group = await Group.open(["popen"]);
  const gw = [...group][0];
  const sum = (a: number, b: number) => a + b;
  assertEquals(await gw.callWith({ name: "sum", timeout: 30_000 }, sum, 1, 2), 3);
  assertEquals(await gw.callWith({}, sum, 3, 4), 7);
  const never = gw.callWith({ name: "for ever" }, () => new Promise(() => {}));
  assertEquals((await gw.remoteStatus()).executing, ["for ever"]);
  const lost = assertRejects(() => never, Error, "while it ran for ever");
  await gw.terminate({ timeout: 0 });
  await lost;
});

test("Gateway.callWith() rejects with TimeoutError, and cancels the function", async () => {
  await using group = await Group.open(["popen//id=slow"]);
  const [gw] = group;
  const error = await assertRejects(
    () => gw.callWith({ name: "sleep", timeout: 50 }, () => new Promise(() => {})),
    TimeoutError,
  );
  assertEquals(
    error.message,
    "sleep took longer than 50 ms on gateway slow, and was cancelled",
  );
  assertEquals(await gw.call(() => "goes on"), "goes on");
});

test("Gateway.callWith() ends the process of an isolated function after its timeout", async () => {
  await using group = await Group.open(["popen//allow-write"]);
  const [gw] = group;
  const file = await Deno.makeTempFile();
  const spin = (file: string) => {
    Deno.writeTextFileSync(file, `${Deno.pid}`);
    for (;;);
  };
  const late = assertRejects(
    () => gw.callWith({ timeout: 2_000, isolate: true }, spin, file),
    TimeoutError,
  );
  await until("the start of the function", () => Deno.readTextFileSync(file) !== "");
  await late;
  await whenGone(Number(Deno.readTextFileSync(file)));
  await until("the end of the execution", async () => {
    return (await gw.remoteStatus()).executing.length === 0;
  });
  await Deno.remove(file);
});

test("an abort of the signal of Gateway.callWith() cancels the function", async () => {
  await using group = await Group.open(["popen"]);
  const [gw] = group;
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = assertRejects(
    () => gw.callWith({ signal, isolate: true }, () => new Promise(() => {})),
    ChannelClosedError,
  );
  const reason = new Error("no longer wanted");
  controller.abort(reason);
  const error = await aborted;
  assertEquals(error.cause, reason);
  assertStringIncludes(error.message, "as the signal of its callWith was aborted");
  await assertRejects(() => gw.callWith({ signal }, () => 1), Error, "no longer wanted");
});

test("Gateway.callWith() refuses wrong options", async () => {
  await using group = await Group.open(["popen"]);
  const [gw] = group;
  const wrong = { timeot: 1 } as object;
  await assertRejects(() => gw.callWith(wrong, () => 1), TypeError, 'did you mean "timeout"?');
  await assertRejects(() => gw.callWith({ timeout: NaN }, () => 1), RangeError, "timeout");
});

/** The stacks of this package's own errors start with the line of the user who called. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  ChannelClosedError,
  type Gateway,
  GatewayClosedError,
  Group,
  LaunchError,
  SerializationError,
  SpecError,
  TimeoutError,
} from "../../mod.ts";
import { assertInstanceOf } from "../support/assert.ts";
import { test } from "../support/bounded.ts";

// deno-lint-ignore no-explicit-any
type ErrorClass = new (...args: any[]) => Error;

const UNSENDABLE = { a: { b: { c: { d: Symbol("x") } } } };

/** Each fails on the line that is marked. */
const FAILURES: [what: string, Kind: ErrorClass, fails: (gw: Gateway) => Promise<unknown>][] = [
  ["receive() after the end", ChannelClosedError, async (gw) => {
    const channel = gw.remoteExec(`1`);
    await channel.waitClose();
    await channel.receive(); // here
  }],
  ["receive() that waits for the end", ChannelClosedError, async (gw) => {
    await gw.remoteExec(`1`).receive(); // here
  }],
  ["send() after the end", ChannelClosedError, async (gw) => {
    const channel = gw.remoteExec(`1`);
    await channel.waitClose();
    await channel.send(1); // here
  }],
  ["send() that waits for the window", ChannelClosedError, async (gw) => {
    const channel = gw.remoteExec(`await new Promise((done) => setTimeout(done, 50))`);
    for (;;) await channel.send(new Uint8Array(1 << 20)); // here
  }],
  ["sends that wait for the window", ChannelClosedError, async (gw) => {
    const channel = gw.remoteExec(`await new Promise((done) => setTimeout(done, 50))`);
    await Promise.all([2, 3].map((windows) => channel.send(new Uint8Array(windows << 20)))); // here
  }],
  ["receive() that takes too long", TimeoutError, async (gw) => {
    await gw.newChannel().receive({ timeout: 5 }); // here
  }],
  ["waitClose() that takes too long", TimeoutError, async (gw) => {
    await gw.remoteExec(`await channel.receive()`).waitClose({ timeout: 5 }); // here
  }],
  ["callWith() that takes too long", TimeoutError, async (gw) => {
    await gw.callWith({ timeout: 5 }, () => new Promise(() => {})); // here
  }],
  ["send() of what cannot be sent", SerializationError, async (gw) => {
    await gw.newChannel().send(UNSENDABLE); // here
  }],
  ["arguments that cannot be sent", SerializationError, async (gw) => {
    await gw.remoteExec(`1`, UNSENDABLE).waitClose(); // here
  }],
  ["a call whose gateway ends", GatewayClosedError, async (gw) => {
    await gw.call(() => Deno.exit(3)); // here
  }],
  ["an iteration whose gateway ends", GatewayClosedError, async (gw) => {
    const channel = gw.remoteExec(`Deno.exit(3)`);
    for await (const _item of channel); // here
  }],
  ["a gateway that has ended", GatewayClosedError, async (gw) => {
    await gw.terminate();
    await gw.remoteStatus(); // here
  }],
  ["a wrong spec", SpecError, async ({ group }) => {
    await group.makeGateway("popen//idd=x"); // here
  }],
  ["a gateway that cannot start", LaunchError, async ({ group }) => {
    await group.makeGateway("popen//chdir=/no/such/directory"); // here
  }],
];

/** The line of each failure in this file, by its place in the list. */
async function markedLines(): Promise<number[]> {
  const text = await Deno.readTextFile(new URL(import.meta.url));
  const lines = text.split("\n").map((line, i) => /\/\/ here$/.test(line) ? i + 1 : 0);
  return lines.filter((line) => line > 0);
}

for (const [i, [what, Kind, fails]] of FAILURES.entries()) {
  test(`the stack of an error starts with the user's line: ${what}`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway({ popen: true, output: "null" });
    const error = await fails(gw).then(() => undefined, (error) => error);
    assertInstanceOf(error, Kind);
    const [header, first] = error.stack?.replace(error.message, "message").split("\n") ?? [];
    assertEquals(header, `${error.name}: message`);
    const line = (await markedLines())[i];
    assertMatch(first, new RegExp(`^    at .*user_stacks_test\\.ts:${line}:\\d+\\)?$`));
  });
}

test("two that wait for the same gateway have their own lines", async () => {
  await using group = new Group();
  const gw = await group.makeGateway({ popen: true, output: "null" });
  const one = async () => await gw.newChannel().receive();
  const two = async () => await gw.newChannel().receive();
  const failed = Promise.allSettled([one(), two()]);
  await gw.terminate();
  const [a, b] = (await failed).map((result) => String(Reflect.get(result, "reason").stack));
  assertMatch(a.split("\n    at ")[1], /one/);
  assertMatch(b.split("\n    at ")[1], /two/);
});

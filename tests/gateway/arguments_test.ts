/** Mistakes of callers without types: each error names the method and what it accepts. */
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  Channel,
  ChannelClosedError,
  Gateway,
  GatewayClosedError,
  Group,
  MultiChannel,
  TimeoutError,
} from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { makeMemoryGateway } from "../support/memory_gateway.ts";

/** A gateway as code without types sees it. */
// deno-lint-ignore no-explicit-any
type Untyped = any;

type Mistake = [what: string, (gateway: Untyped) => unknown, Kind: typeof TypeError, text: string];

const ECHO = `for await (const item of channel) await channel.send(item);`;
const echo = (gw: Gateway): Untyped => gw.remoteExec(ECHO);
const one = (n: number) => n;

const THROWN: Mistake[] = [
  ["new Gateway()", () => new (Gateway as Untyped)("popen"), TypeError, "made by makeGateway()"],
  ["new Channel()", () => new (Channel as Untyped)(), TypeError, "made by remoteExec, or by new"],
  ["remoteExec() of nothing", (gw) => gw.remoteExec(), TypeError, "not undefined"],
  [
    "remoteExec() of a promise",
    (gw) => gw.remoteExec(Promise.resolve(ECHO)),
    TypeError,
    "source text, a function, or the URL of a module, not a value of class Promise",
  ],
  [
    "remoteExec() of a path",
    (gw) => gw.remoteExec("./job.ts"),
    TypeError,
    `URL("./job.ts", import`,
  ],
  ["remoteExec() of an address", (gw) => gw.remoteExec("https://host/x"), TypeError, "as a URL"],
  [
    "remoteExec() of the text of a function",
    (gw) => gw.remoteExec("async (channel) => await channel.send(1)"),
    TypeError,
    "a function that nothing calls",
  ],
  [
    "remoteExec() of a generator function that is not async",
    (gw) =>
      gw.remoteExec(function* () {
        yield 1;
      }),
    TypeError,
    "no synchronous generator function; remoteExec(async function* (channel, args)",
  ],
  [
    "an unknown option of remoteExec()",
    (gw) => gw.remoteExec(ECHO, 1, { isolated: true }),
    TypeError,
    `remoteExec has no option "isolated"; did you mean "isolate"?`,
  ],
  [
    "misspelt permissions of remoteExec()",
    (gw) => gw.remoteExec(ECHO, 1, { permisions: { read: true } }),
    TypeError,
    `did you mean "permissions"`,
  ],
  [
    "options of remoteExec() that are no object",
    (gw) => gw.remoteExec(ECHO, 1, null),
    TypeError,
    "the options of remoteExec are an object with name, signal, isolate, permissions, deny, not null",
  ],
  [
    "isolate that is not true or false",
    (gw) => gw.remoteExec(ECHO, 1, { isolate: "false" }),
    TypeError,
    `the isolate of remoteExec is true or false, not "false"`,
  ],
  [
    "a controller in place of its signal",
    (gw) => gw.remoteExec(ECHO, 1, { signal: new AbortController() }),
    TypeError,
    "its signal), not a value of class AbortController",
  ],
  ["a name that is no text", (gw) => gw.remoteExec(ECHO, 1, { name: 5 }), TypeError, "text, not 5"],
  [
    "options of remoteExec() of a group that has no gateway",
    () => (new Group() as Untyped).remoteExec(ECHO, 1, { isolated: true }),
    TypeError,
    `did you mean "isolate"`,
  ],
  [
    "a callback that is none",
    (gw) => echo(gw).setCallback(5),
    TypeError,
    "the callback of setCallback is a function, not 5",
  ],
  [
    "a misspelt end marker",
    (gw) => echo(gw).setCallback(() => {}, { endmarker: 5 }),
    TypeError,
    `setCallback has no option "endmarker"; it has endMarker`,
  ],
  ["a MultiChannel of 1", () => new MultiChannel([1] as Untyped), TypeError, "else, not 1"],
  [
    "a MultiChannel of one channel",
    (gw) => new MultiChannel(echo(gw)),
    TypeError,
    "is a list, such as [first, second], not a value of class Channel",
  ],
  ["a map over 5", () => new Group().map(5 as Untyped, one), TypeError, "an array, not 5"],
  ["a map of 5", () => new Group().map([1], 5 as Untyped), TypeError, "map(items, fn), not 5"],
  [
    "an unknown option of a map",
    () => new Group().map([1], one, { concurency: 2 } as Untyped),
    TypeError,
    `map has no option "concurency"; did you mean "concurrency"?`,
  ],
  [
    "ordered that is not true or false",
    () => new Group().map([1], one, { ordered: 0 } as Untyped),
    TypeError,
    "the ordered of map is true or false, not 0",
  ],
  [
    "a defaultSpec that is none",
    () => new Group({ defaultSpec: 5 } as Untyped),
    TypeError,
    "the defaultSpec of Group is a spec",
  ],
  [
    "a Group of a spec",
    () => new Group("popen" as Untyped),
    TypeError,
    `defaultSpec, onUncaught, not "popen"`,
  ],
];

const REJECTED: Mistake[] = [
  ["call() of nothing", (gw) => gw.call(null), TypeError, "call(fn, 1, 2), not null"],
  ["call() of a result", (gw) => gw.call(one(3)), TypeError, "call(fn, 1, 2), not 3"],
  [
    "call() of a generator function",
    (gw) =>
      gw.call(async function* () {
        yield await 1;
      }),
    TypeError,
    "call takes no generator function",
  ],
  [
    "a timeout that is text",
    (gw) => echo(gw).receive({ timeout: "5" }),
    TypeError,
    `the timeout of receive is a number of milliseconds, not "5"`,
  ],
  ["a timeout that is NaN", (gw) => echo(gw).receive({ timeout: NaN }), RangeError, "not NaN"],
  [
    "a timeout without its name",
    (gw) => echo(gw).receive(1000),
    TypeError,
    "the options of receive are an object with timeout, signal, not 1000",
  ],
  ["a misspelt timeout", (gw) => echo(gw).receive({ timout: 5 }), TypeError, "it has timeout"],
  ["a timeout of waitClose()", (gw) => echo(gw).waitClose(5), TypeError, "waitClose"],
  ["a second item of send()", (gw) => echo(gw).send(1, 2), TypeError, "an object with signal"],
  [
    "a timeout of receiveEach()",
    (gw) => new MultiChannel([echo(gw)]).receiveEach(5 as Untyped),
    TypeError,
    "receiveEach",
  ],
  [
    "a second item of sendEach()",
    (gw) => new MultiChannel([echo(gw)]).sendEach(1, 2 as Untyped),
    TypeError,
    "sendEach",
  ],
  ["a timeout of remoteStatus()", (gw) => gw.remoteStatus(5), TypeError, "remoteStatus"],
  ["a timeout of terminate()", (gw) => gw.terminate(5), TypeError, "terminate"],
  [
    "a timeout of terminate() of a group",
    () => new Group().terminate({ timeout: "5" } as Untyped),
    TypeError,
    `the timeout of terminate is a number of milliseconds, not "5"`,
  ],
  ["Group.open() of an object", () => Group.open({} as Untyped), TypeError, "a list of specs"],
  [
    "the concurrency of Group.open() as text",
    () => Group.open([], { concurrency: "2" } as Untyped),
    TypeError,
    `the concurrency of Group.open is a number of gateways from 1, not "2"`,
  ],
];

for (const [what, run, Kind, text] of THROWN) {
  test(`${what} is refused at once`, async () => {
    await using gateway = await makeMemoryGateway();
    assertThrows(() => run(gateway), Kind, text);
    assertEquals(await gateway.call(one, 1), 1);
  });
}

for (const [what, run, Kind, text] of REJECTED) {
  test(`${what} is refused by a rejection`, async () => {
    await using gateway = await makeMemoryGateway();
    const promise = run(gateway); // does not throw
    await assertRejects(() => promise as Promise<unknown>, Kind, text);
    assertEquals(await gateway.call(one, 1), 1);
  });
}

test("a receive() after an execution that returned a value says where the value went", async () => {
  await using gateway = await makeMemoryGateway();
  const channel = gateway.remoteExec(`return 5`);
  await assertRejects(
    () => channel.receive(),
    ChannelClosedError,
    "has ended with its execution (what that returns is not sent; `call` gives it)",
  );
});

test("a gateway that has ended says which execution it cannot run, and how it ended", async () => {
  const gateway = await makeMemoryGateway();
  await gateway.terminate();
  const run = () => gateway.remoteExec(`1`, 1, { name: "late" });
  const text = "cannot run late: gateway memory was asked to end, and ended with code 0";
  const error = assertThrows(run, GatewayClosedError, text);
  assertInstanceOf(error.cause, GatewayClosedError);
});

test("an option that is undefined counts as missing", async () => {
  await using gateway = await makeMemoryGateway();
  const untyped: Untyped = { isolated: undefined, signal: undefined };
  const channel = gateway.remoteExec(ECHO, 1, untyped);
  await channel.send(1, { signal: undefined });
  assertEquals(await channel.receive({ timeout: undefined }), 1);
});

test("a negative timeout is over at once", async () => {
  await using gateway = await makeMemoryGateway();
  const channel = gateway.remoteExec(ECHO);
  await assertRejects(() => channel.receive({ timeout: -1 }), TimeoutError, "within -1 ms");
});

/** What no execution can be blamed for is told on the group, and on the gateway's stderr. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  type Channel,
  defaultGroup,
  type Gateway,
  type GatewaySpec,
  Group,
  makeGateway,
  RemoteError,
} from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";

/** A group of one gateway, and what it tells. */
async function setUp(spec: GatewaySpec = { popen: true }) {
  const told: [error: RemoteError, gateway: string, missed: number][] = [];
  const lines: string[] = [];
  const group = new Group({
    onUncaught: (error, { id }, missed) => void told.push([error, id, missed]),
  });
  const gw = await group.makeGateway({ ...spec, output: (line) => void lines.push(line) });
  const isTold = (count: number) => until(`${count} errors`, () => told.length >= count);
  return { group, gw, told, lines, isTold };
}

/** Leaves a promise behind, and a timer that throws once something is received. */
async function leave(later: Channel): Promise<void> {
  later.receive().then(() =>
    setTimeout(() => {
      throw Object.assign(new RangeError("left behind"), { code: 7 }); // here
    })
  );
  await undefined;
}

/** Runs code that leaves something behind, which goes on once the execution has ended. */
async function leaveThere(gw: Gateway, code: (later: Channel) => unknown = leave): Promise<void> {
  const later = gw.newChannel();
  await gw.call(code, later);
  await later.send("go");
}

async function markedLine(): Promise<number> {
  const text = await Deno.readTextFile(new URL(import.meta.url));
  return text.split("\n").findIndex((line) => line.endsWith("// here")) + 1;
}

test("an error that an ended call left behind is told with its gateway and the user's line", async () => {
  const { group, gw, told, lines, isTold } = await setUp();
  await using _ = group;
  await leaveThere(gw);
  await isTold(1);
  const [[error, id, missed]] = told;
  assertEquals([error instanceof RemoteError, error.name, error.message], [
    true,
    "RangeError",
    "left behind",
  ]);
  assertEquals([id, missed, error.gateway, error.execution], [gw.id, 0, gw.id, undefined]);
  assertEquals(Reflect.get(error, "code"), 7);
  assertMatch(
    error.remoteStack.split("\n")[1],
    new RegExp(`uncaught_test\\.ts:${await markedLine()}:\\d+`),
  );
  await until("the line on stderr", () => lines.some((line) => line.includes("left behind")));
  assertEquals(await gw.call(() => "goes on"), "goes on");
});

const UNBLAMED: Record<string, (gw: Gateway) => Promise<unknown>> = {
  "the timer of a function that runs again": async (gw) => {
    await leaveThere(gw);
    await leaveThere(gw);
  },
  "a rejected promise of an execution that has ended": (gw) =>
    leaveThere(gw, (later) => {
      later.receive().then(() => Promise.reject(new Error("left behind")));
    }),
  "a thrown text": (gw) =>
    leaveThere(gw, (later) => {
      later.receive().then(() => {
        throw "left behind";
      });
    }),
  "beside an isolated execution that fails": async (gw) => {
    const failing = gw.remoteExec(
      `setTimeout(() => { throw new Error("its own"); });
      await channel.receive();`,
      undefined,
      { isolate: true },
    );
    await failing.receive().catch(() => {});
    await leaveThere(gw);
  },
};

for (const [what, run] of Object.entries(UNBLAMED)) {
  test(`what nobody can be blamed for is told: ${what}`, async () => {
    const { group, gw, told, isTold } = await setUp();
    await using _ = group;
    await run(gw);
    await isTold(1);
    assertMatch(told[0][0].message, /^left behind$/);
  });
}

test("an error that fails its execution is not told besides", async () => {
  const { group, gw, told } = await setUp();
  await using _ = group;
  const failing = gw.remoteExec(
    `setTimeout(() => { throw new Error("own"); }); await channel.receive();`,
  );
  await failing.receive().catch(() => {});
  await gw.remoteStatus();
  assertEquals(told, []);
});

test("errors of a gateway behind another are told with its own id", async () => {
  const { group, gw, told, isTold } = await setUp({ popen: true, id: "near", "allow-all": true });
  await using _ = group;
  const far = await group.makeGateway({ popen: true, id: "far", via: gw.id, output: "null" });
  await leaveThere(far);
  await isTold(1);
  assertEquals([told[0][1], told[0][0].gateway], ["far", "far"]);
});

test("a flood of errors takes a few frames, and all of it is counted", async () => {
  const { group, gw, told } = await setUp();
  await using _ = group;
  await leaveThere(gw, async (later) => {
    await undefined;
    later.receive().then(() => {
      let left = 20;
      const timer = setInterval(() => {
        Promise.reject(new Error("x".repeat(70_000)));
        for (let i = 1; i < 100; i++) Promise.reject(new Error("short"));
        if (--left === 0) clearInterval(timer);
      }, 1);
    });
  });
  const count = () => told.reduce((sum, [, , missed]) => sum + 1 + missed, 0);
  await until("all errors", () => count() === 2_000);
  assertEquals(told.length < 100, true);
  assertMatch(told[0][0].message, /… \(70000 characters\)$/);
});

test("a handler may be set on the group later, that of makeGateway() too", async () => {
  const told = Promise.withResolvers<string>();
  defaultGroup.onUncaught = (error, gateway: Gateway) =>
    told.resolve(`${gateway.spec.id}: ${error.message}`);
  try {
    await using gw = await makeGateway({ popen: true, id: "set-later", output: "null" });
    await leaveThere(gw);
    assertEquals(await told.promise, "set-later: left behind");
  } finally {
    defaultGroup.onUncaught = undefined;
  }
});

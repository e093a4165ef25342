/** A promise that is rejected and forgotten fails its execution, even right before that returns. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Gateway, Group, RemoteError } from "../../mod.ts";
import { test } from "../support/bounded.ts";

/** Each forgets a promise in its last statement. */
const FORGETFUL: Record<string, (gw: Gateway) => Promise<unknown>> = {
  "call": (gw) =>
    gw.call(() => {
      Promise.reject(new Error("forgotten"));
      return "result";
    }),
  "call of an async function": (gw) =>
    gw.call(async () => {
      await undefined;
      (async () => {
        await undefined;
        throw new Error("forgotten");
      })();
      return "result";
    }),
  "function": (gw) => gw.remoteExec(() => void Promise.reject(new Error("forgotten"))).waitClose(),
  "generator": (gw) =>
    gw.remoteExec(async function* () {
      yield 1;
      Promise.reject(new Error("forgotten"));
    }).waitClose(),
  "source text": (gw) => gw.remoteExec(`Promise.reject(new Error("forgotten"));`).waitClose(),
  "isolated call": (gw) =>
    gw.callWith({ isolate: true }, () => {
      Promise.reject(new Error("forgotten"));
      return "result";
    }),
};

for (const [what, run] of Object.entries(FORGETFUL)) {
  test(`a promise that is forgotten right before the end is no success: ${what}`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway({ popen: true, output: "null" });
    // Again and again: at first over files, later over sockets, and from the second time on in a context.
    const until = performance.now() + 400;
    do {
      await assertRejects(() => run(gw), RemoteError, "forgotten");
    } while (performance.now() < until);
    assertEquals(await gw.call((n: number) => n + 1, 1), 2);
  });
}

test("a promise that is awaited before the end of the turn fails nothing", async () => {
  await using group = new Group();
  const gw = await group.makeGateway("popen");
  const handled = () => {
    const rejected = Promise.reject(new Error("handled"));
    queueMicrotask(() => rejected.catch(() => {}));
    return "result";
  };
  for (let i = 0; i < 3; i++) assertEquals(await gw.call(handled), "result");
});

/** Their reasons have no line of the user. */
const WITHOUT_LINES: Record<string, string> = {
  "a text": `Promise.reject("forgotten");`,
  "nothing": `Promise.reject();`,
  "an error of Deno's": `Deno.readTextFile("/forgotten");`,
};

for (const [what, source] of Object.entries(WITHOUT_LINES)) {
  test(`the first execution fails by a promise that was rejected with ${what}`, async () => {
    await using group = new Group();
    const gw = await group.makeGateway({ popen: true, output: "null" });
    await assertRejects(() => gw.remoteExec(source).waitClose(), RemoteError);
  });
}

test("the first execution of each code fails by a promise that was rejected without a line", async () => {
  await using group = new Group();
  const gw = await group.makeGateway({ popen: true, output: "null" });
  await gw.call(() => new Promise((resolve) => setTimeout(resolve, 500))); // it has sockets now
  const waiting = gw.remoteExec(`await channel.send(await channel.receive());`);
  for (const source of Object.values(WITHOUT_LINES)) {
    await assertRejects(() => gw.remoteExec(source).waitClose(), RemoteError);
  }
  await waiting.send("sound");
  assertEquals(await waiting.receive(), "sound");
});

/** Where an error of the far side comes from. */
import { assertEquals, assertRejects } from "@std/assert";
import { Group, RemoteError } from "../../mod.ts";
import { assertInstanceOf } from "../support/assert.ts";
import { test } from "../support/bounded.ts";

const FAIL = `throw Object.assign(new TypeError("no"), { code: 7 });`;

for (const isolate of [false, true]) {
  const kind = isolate ? "an isolated execution" : "an execution";
  test(`RemoteError.gateway and .execution are the ids of ${kind}`, async () => {
    await using group = await Group.open(["popen//id=a", "popen//id=b"]);
    for (const gw of group) {
      const channels = [1, 2].map(() => gw.remoteExec(FAIL, undefined, { isolate }));
      for (const channel of channels) {
        const error = await assertRejects(() => channel.receive(), RemoteError);
        assertEquals([error.gateway, error.execution], [gw.id, channel.id]);
        assertEquals(Object.keys(error), ["code"]);
      }
    }
  });
}

test("RemoteError.gateway is known of errors of call() and map()", async () => {
  await using group = await Group.open(["popen//id=a"]);
  const fail = (n: number) => {
    throw new RangeError(`no ${n}`);
  };
  const called = await assertRejects(() => group.get("a")?.call(fail, 1) as never, RemoteError);
  assertEquals([called.gateway, typeof called.execution], ["a", "number"]);
  const mapped = await assertRejects(() => Array.fromAsync(group.map([2], fail)), RemoteError);
  assertEquals([mapped.message, mapped.gateway, typeof mapped.execution], ["no 2", "a", "number"]);
});

test("RemoteError.execution is undefined if the error closed another channel", async () => {
  await using group = await Group.open(["popen//id=a"]);
  const [gw] = group;
  const other = gw.newChannel();
  await gw.remoteExec(`args.close(new Error("broken"))`, other).waitClose();
  const error = await assertRejects(() => other.receive(), RemoteError);
  assertEquals([error.gateway, error.execution], ["a", undefined]);
});

test("an error that reaches a gateway over a bridge says where it comes from", async () => {
  await using group = await Group.open(["popen//id=a", "popen//id=b"]);
  const failing = group.get("a")?.remoteExec(`await channel.receive(); ${FAIL}`);
  assertInstanceOf(failing, Object);
  const { id } = failing;
  const seen = group.get("b")?.remoteExec(
    `await args.send("go");
     const error = await args.receive().catch((error) => error);
     await channel.send([error.message, error.gateway, error.execution]);`,
    failing,
  );
  assertEquals(await seen?.receive(), ["no", "a", id]);
});

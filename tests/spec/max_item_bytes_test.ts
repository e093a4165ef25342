import { assertEquals, assertRejects } from "@std/assert";
import { Group, RemoteError, SpecError } from "../../mod.ts";
import { test } from "../support/bounded.ts";

/** The bytes of an item, beside those of its `Uint8Array`. */
const HEAD = 5;

for (const isolate of [false, true]) {
  const from = isolate ? "an isolated execution" : "a gateway";
  test(`maxItemBytes= bounds the items that are received from ${from}`, async () => {
    await using group = await Group.open(["popen//maxItemBytes=100000"]);
    const [gw] = group;
    const bytes = async (length: number) =>
      (await gw.callWith({ isolate }, (length: number) => new Uint8Array(length), length)).length;
    assertEquals(await bytes(100_000 - HEAD), 100_000 - HEAD);
    const error = await assertRejects(() => bytes(100_001 - HEAD), RemoteError, "100000 bytes");
    assertEquals(error.name, "SerializationError");
    const echo = gw.remoteExec(`await channel.send((await channel.receive()).length)`);
    await echo.send(new Uint8Array(1_000_000)); // it bounds what is received, not what is sent
    assertEquals(await echo.receive(), 1_000_000);
  });
}

test("maxItemBytes= is a number of bytes up to 1 GiB, and shown", async () => {
  await using group = new Group();
  for (const wrong of ["0", "-1", "x", "1.5", "", `${2 ** 30 + 1}`]) {
    await assertRejects(
      () => group.makeGateway(`popen//maxItemBytes=${wrong}`),
      SpecError,
      "maxItemBytes",
    );
  }
  const gw = await group.makeGateway({ popen: true, maxItemBytes: 2 ** 30 });
  assertEquals(gw.spec.maxItemBytes, 2 ** 30);
  const other = await group.makeGateway("popen//maxItemBytes=500");
  assertEquals(other.spec.maxItemBytes, 500);
});

test("a gateway with a small maxItemBytes= cannot start others", async () => {
  await using group = await Group.open(["popen//id=small//allow-run//maxItemBytes=1000"]);
  await assertRejects(() => group.makeGateway("popen//via=small"), SpecError, "maxItemBytes=1000");
});

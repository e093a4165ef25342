/** Channels between isolated executions, and between gateways. */

import { assertEquals, assertRejects } from "@std/assert";
import { GatewayClosedError, Group } from "../../mod.ts";
import { test } from "../support/bounded.ts";

const ISOLATE = { isolate: true } as const;

test("two isolated executions talk over a channel that both received", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const link = gw.newChannel();
  const a = gw.remoteExec(
    `const link = await channel.receive();
     await link.send({ n: 20 });
     await channel.send(await link.receive());`,
    undefined,
    ISOLATE,
  );
  const b = gw.remoteExec(
    `const link = await channel.receive();
     const { n } = await link.receive();
     await link.send(n + 1);
     await channel.receive();`,
    undefined,
    ISOLATE,
  );
  await a.send(link);
  await b.send(link);
  assertEquals(await a.receive(), 21);
});

test("channels that an isolated execution still holds when it returns close without an error", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const reader = gw.remoteExec(
    `const items = channel.gateway.newChannel();
    await channel.send(items);
    const all = [];
    for await (const item of items) all.push(item);
    await channel.send(all);`,
    undefined,
    ISOLATE,
  );
  const writer = gw.remoteExec(
    `const [progress, bridged] = await channel.receive();
    for (let i = 0; i < 3; i++) for (const each of [progress, bridged]) each.send(i);`,
    undefined,
    ISOLATE,
  );
  const progress = gw.newChannel();
  await writer.send([progress, await reader.receive()]);
  assertEquals(await Array.fromAsync(progress), [0, 1, 2]);
  assertEquals(await reader.receive(), [0, 1, 2]);
  await Promise.all([writer.waitClose(), reader.waitClose()]);
});

test("channels that an isolated execution holds when it fails or exits close with an error", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  for (const end of [`throw new Error("half-way")`, `Deno.exit()`]) {
    const held = gw.newChannel();
    const options = { ...ISOLATE, name: "half" };
    const channel = gw.remoteExec(`await args.send(1); ${end}`, held, options);
    assertEquals(await held.receive(), 1);
    await assertRejects(() => channel.waitClose());
    await assertRejects(() => held.receive(), GatewayClosedError, "execution half of gateway");
  }
});

test("two gateways talk over a channel that one was sent by the other", async () => {
  await using group = new Group();
  const [one, two] = await Promise.all([group.makeGateway(), group.makeGateway()]);
  const producer = one.remoteExec(`for (let i = 0; i < 5; i++) await channel.send(i * i);`);
  const sum = two.remoteExec(
    `let sum = 0; for await (const n of args) sum += n; await channel.send(sum);`,
    producer,
  );
  assertEquals(await sum.receive(), 30);
});

test("a new channel belongs to the execution that it is first sent to, with its items", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const channel = gw.newChannel<string, unknown>();
  await channel.send("before");
  const waiting = channel.receive();
  gw.remoteExec(`await args.send("got " + await args.receive());`, channel, ISOLATE);
  assertEquals(await waiting, "got before");
});

/** User code that writes to its own gateway's protocol stream breaks only that connection. */
import { assertEquals, assertRejects } from "@std/assert";
import {
  type Channel,
  ChannelClosedError,
  ExecnetError,
  type Gateway,
  GatewayClosedError,
  ProtocolError,
} from "../../mod.ts";
import { FrameType, MAX_FRAME_BYTES } from "../../protocol/constants.ts";
import { encodeStatusReport } from "../../protocol/control.ts";
import { encodeFrame, writeUint32 } from "../../protocol/frames.ts";
import { assert } from "../support/assert.ts";
import { eachAtOnce, quiet } from "../support/attempts.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";

/** Writes received bytes to the protocol's output, bypassing the program. */
const FORGER = `
  const bytes = await channel.receive();
  const output = Deno.openSync("/dev/fd/4", { write: true });
  for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
  await channel.receive();`;

const u32 = (value: number) => {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, value);
  return bytes;
};
const text = (value: string) => new TextEncoder().encode(value);
const many = (count: number, bytes: Uint8Array) =>
  new Uint8Array(Array.from({ length: count }, () => [...bytes]).flat());
/** MessagePack's nil. */
const NIL = Uint8Array.of(0xc0);
const STATUS = encodeStatusReport({ channels: 0, executing: [], execModel: "main" });

/**
 * Forged bytes, and the reaction of the initiator: it ends the gateway, closes the channel, or
 * ignores them.
 */
const FORGED: readonly [
  what: string,
  harms: "gateway" | "channel" | "nothing",
  bytes: (own: number) => Uint8Array,
][] = [
  ["garbage", "gateway", () => text("no frame at all, but long enough for a header")],
  ["an unknown type", "gateway", () => encodeFrame(99 as FrameType, 1)],
  ["a frame that is too large", "gateway", () => {
    const frame = encodeFrame(FrameType.ITEM, 1);
    writeUint32(frame, 5, MAX_FRAME_BYTES + 1);
    return frame;
  }],
  ["an item on a channel that never was", "gateway", () => encodeFrame(FrameType.ITEM, 999, NIL)],
  ["a channel of the initiator's numbers", "gateway", () => encodeFrame(FrameType.OPEN, 1001)],
  ["something to run", "gateway", () => encodeFrame(FrameType.EXEC, 2, text("x"))],
  ["a request to end", "gateway", () => encodeFrame(FrameType.EXIT, 0, u32(0))],
  ["a status that nobody asked for", "nothing", () => encodeFrame(FrameType.STATUS, 77, STATUS)],
  [
    "more credit than fits",
    "gateway",
    (own) => many(2, encodeFrame(FrameType.WINDOW, own, u32(2 ** 32 - 1))),
  ],
  [
    "an item of bytes that are none",
    "channel",
    (own) => encodeFrame(FrameType.ITEM, own, Uint8Array.of(0xc1)),
  ],
  [
    "an item larger than allowed",
    "channel",
    (own) => encodeFrame(FrameType.ITEM_START, own, Uint8Array.of(255, 255, 255, 255, 0)),
  ],
  [
    "a close with an error that is none",
    "channel",
    (own) => encodeFrame(FrameType.CLOSE, own, Uint8Array.of(0xc1)),
  ],
  ["a piece of no item", "gateway", (own) => encodeFrame(FrameType.ITEM_PART, own, NIL)],
];

test("user code that forges frames harms only its own gateway or channel", async () => {
  await using other = await quiet();
  await eachAtOnce(FORGED, async ([, harms, bytes]) => {
    await using gw = await quiet({ "allow-all": true });
    const channel = gw.remoteExec(FORGER);
    const bystander = gw.remoteExec(`await channel.receive();`);
    await channel.send(bytes(channel.id));
    if (harms !== "nothing") {
      await inTime("the forger", assertRejects(() => drain(channel), ProtocolError));
    }
    if (harms === "gateway") {
      await inTime("the bystander", assertRejects(() => bystander.waitClose(), ProtocolError));
      assertEquals((await inTime("the gateway's end", gw.closed)).reason, "killed");
    } else {
      assertEquals(await inTime("the gateway", gw.call(() => 1)), 1);
    }
  });
  assertEquals(await other.call((n: number) => n + 1, 1), 2);
});

async function drain(channel: Channel): Promise<void> {
  for (;;) await channel.receive();
}

test("ungranted code can forge frames, too, and harms only its own gateway", async () => {
  await using other = await quiet();
  await using gw = await quiet();
  const channel = gw.remoteExec(`
    const { Duplex } = await import("node:stream");
    const { Socket } = await import("node:net");
    const bytes = new Uint8Array(64).fill(0xff);
    const write = Duplex.prototype.write;
    // If the program has the descriptor open as a socket, its own next write is replaced.
    Duplex.prototype.write = Socket.prototype.write = function () { return write.call(this, bytes); };
    try { new Socket({ fd: 4, readable: false, writable: true }).on("error", () => {}).write(bytes); }
    catch { /* it has */ }
    for (;;) await channel.send(await channel.receive());`);
  const pings = async () => {
    for (;;) {
      await channel.send("ping");
      await channel.receive();
    }
  };
  await inTime("the end of the forger", assertRejects(pings, ExecnetError));
  await inTime("the gateway's end", gw.closed);
  assertEquals(await other.call((n: number) => n + 1, 1), 2);
});

/** Waits for a call to, and the end of, a gateway that no longer reads. */
async function endsInTime(gw: Gateway): Promise<void> {
  const call = gw.call(() => 1).catch((error: unknown) => error);
  const exit = await inTime("the end of the gateway", gw.terminate({ timeout: 200 }));
  assert(exit.reason !== "exit" || exit.code !== null);
  const result = await inTime("the call", call);
  if (result !== 1) {
    assert(result instanceof GatewayClosedError || result instanceof ChannelClosedError);
  }
}

const SABOTAGE: readonly [what: string, source: string][] = [
  [
    "reads the protocol's input",
    `const { Socket } = await import("node:net");
     new Socket({ fd: 3, readable: true, writable: false }).on("data", () => {}).on("error", () => {});
     await channel.send("done");`,
  ],
  [
    "closes the protocol's output",
    `const { Socket } = await import("node:net");
     await channel.send("done");
     new Socket({ fd: 4, readable: false, writable: true }).destroy();`,
  ],
  [
    "writes to the protocol's sockets whatever it likes",
    `const { Writable } = await import("node:stream");
     await channel.send("done");
     Writable.prototype.write = function () { return true; };`,
  ],
];

for (const [what, source] of SABOTAGE) {
  test(`a gateway whose code ${what} still ends in time, and no other is affected`, async () => {
    await using other = await quiet();
    const gw = await quiet();
    const channel = gw.remoteExec(source);
    assertEquals(await channel.receive(), "done");
    await endsInTime(gw);
    assertEquals(await other.call((n: number) => n + 1, 1), 2);
  });
}

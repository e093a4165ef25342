/** The rows of PROTOCOL.md's table of reactions: what a broken or hostile peer can do, and cannot. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { assertInstanceOf } from "../../tests/support/assert.ts";
import { GatewayClosedError, ProtocolError } from "../../errors.ts";
import {
  FrameType,
  INITIAL_WINDOW_BYTES,
  MAGIC,
  MAX_FRAME_BYTES,
} from "../../protocol/constants.ts";
import { encodeKeptCode } from "../../protocol/control.ts";
import { encodeFrame, writeHeader } from "../../protocol/frames.ts";
import { encodePreamble, localHello } from "../../protocol/preamble.ts";
import { execFrame, face, hashOf } from "../../tests/support/peers.ts";

const { ITEM, ITEM_START, ITEM_PART, WINDOW, END, CLOSE, OPEN, EXEC, CODE, EXEC_KEPT } = FrameType;
const hello = localHello("", 2 ** 30);
const CODE_MESSAGE = encodeKeptCode({
  kind: "call",
  name: "",
  position: "",
  isolated: false,
  text: "() => 1",
});
const CODE_HASH = hashOf(CODE_MESSAGE);
const CODE_FRAME = encodeFrame(CODE, 0, concat([CODE_HASH, CODE_MESSAGE]));
const ONE = Uint8Array.of(1);
const HALF_ITEM = encodeFrame(ITEM_START, 1, Uint8Array.of(0, 0, 0, 10, 1));

/** A header alone; the rest never comes. */
function header(type: number, channel: number, length: number): Uint8Array {
  const bytes = new Uint8Array(9);
  writeHeader(bytes, 0, type as FrameType, channel, length);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

interface Row {
  what: string;
  side?: "initiator" | "remote";
  bytes: Uint8Array[];
  /** Part of the message. */
  says: string;
}

async function assertEnds({ side = "initiator", bytes, says }: Row, greet: boolean): Promise<void> {
  await using it = face(side, { limits: { maxChannels: 3 } });
  const { connection } = it.side;
  const channel = side === "initiator" ? connection.newChannel() : undefined; // channel 1
  if (greet) await it.peer.greet();
  await it.peer.write(...bytes);
  const error = await it.side.lost;
  assertInstanceOf(error, ProtocolError);
  assertStringIncludes(error.message, says);
  if (channel !== undefined) await assertRejects(() => channel.waitClose(), ProtocolError);
  assertEquals([connection.channelCount, it.side.holds], [0, 0]);
}

const handshakes: Row[] = [
  {
    what: "noise without an end",
    bytes: [new Uint8Array(70_000).fill(120)],
    says: "not the protocol",
  },
  {
    what: "another version",
    bytes: [encodePreamble(hello, 99)],
    says: "version 99 of the protocol, this side version 1",
  },
  {
    what: "a hello that declares 4 GiB",
    bytes: [MAGIC, Uint8Array.of(0, 1, 255, 255, 255, 255)],
    says: "hello declares 4294967295 bytes",
  },
  {
    what: "a hello that is no map",
    bytes: [MAGIC, Uint8Array.of(0, 1, 0, 0, 0, 1, 7)],
    says: "hello",
  },
];

for (const row of handshakes) {
  Deno.test(`Connection ends on ${row.what}`, () => assertEnds(row, false));
}

const breaches: Row[] = [
  { what: "frame type 0", bytes: [header(0, 1, 1)], says: "unknown type 0" },
  { what: "frame type 20", bytes: [header(20, 1, 1)], says: "unknown type 20" },
  {
    what: "an oversize length, before the payload comes",
    bytes: [header(ITEM, 1, MAX_FRAME_BYTES + 1)],
    says: "declares 65537",
  },
  { what: "an ITEM of no bytes", bytes: [header(ITEM, 1, 0)], says: "declares 0" },
  { what: "a WINDOW of three bytes", bytes: [header(WINDOW, 1, 3)], says: "must have 4" },
  {
    what: "an ITEM for its own channel that it never opened",
    bytes: [encodeFrame(ITEM, 3, ONE)],
    says: "channel 3, which was never opened",
  },
  {
    what: "a WINDOW for a peer's channel that was never opened",
    bytes: [encodeFrame(WINDOW, 2, u32(1))],
    says: "channel 2, which was never opened",
  },
  { what: "an END for channel 0", bytes: [encodeFrame(END, 0)], says: "never opened" },
  {
    what: "more items than the window allows",
    bytes: Array.from(
      { length: INITIAL_WINDOW_BYTES / MAX_FRAME_BYTES },
      () => encodeFrame(ITEM, 1, new Uint8Array(MAX_FRAME_BYTES).fill(0xc0)),
    ).map((frame) => (frame.set([0xc5, 0xff, 0xfd], 9), frame)),
    says: "more on channel 1 than its window allows",
  },
  {
    what: "an item after END",
    bytes: [encodeFrame(END, 1), encodeFrame(ITEM, 1, ONE)],
    says: "item on channel 1 after its end",
  },
  {
    what: "an item after the CLOSE of a running execution",
    side: "remote",
    bytes: [execFrame(1), encodeFrame(CLOSE, 1), encodeFrame(ITEM, 1, ONE)],
    says: "item on channel 1 after its end",
  },
  { what: "a second END", bytes: [encodeFrame(END, 1), encodeFrame(END, 1)], says: "channel 1" },
  {
    what: "a second CLOSE",
    side: "remote",
    bytes: [execFrame(1), encodeFrame(CLOSE, 1), encodeFrame(CLOSE, 1)],
    says: "channel 1",
  },
  { what: "a DROP of no item", bytes: [encodeFrame(FrameType.DROP, 1)], says: "mixed up" },
  { what: "a part of no item", bytes: [encodeFrame(ITEM_PART, 1, ONE)], says: "mixed up" },
  {
    what: "an item within an item",
    bytes: [HALF_ITEM, encodeFrame(ITEM, 1, ONE)],
    says: "mixed up",
  },
  { what: "a start within an item", bytes: [HALF_ITEM, HALF_ITEM], says: "mixed up" },
  {
    what: "a part that goes past its item's end",
    bytes: [HALF_ITEM, encodeFrame(ITEM_PART, 1, new Uint8Array(10))],
    says: "item's length of 10",
  },
  {
    what: "a start that is longer than its item",
    bytes: [encodeFrame(ITEM_START, 1, Uint8Array.of(0, 0, 0, 1, 1, 1))],
    says: "mixed up",
  },
  { what: "an END within an item", bytes: [HALF_ITEM, encodeFrame(END, 1)], says: "mixed up" },
  {
    what: "an OPEN of an open channel",
    bytes: [encodeFrame(OPEN, 2), encodeFrame(OPEN, 2)],
    says: "opened channel 2",
  },
  {
    what: "an OPEN lower than one before",
    bytes: [encodeFrame(OPEN, 4), encodeFrame(OPEN, 2)],
    says: "opened channel 2",
  },
  { what: "an OPEN of this side's parity", bytes: [encodeFrame(OPEN, 5)], says: "channel 5" },
  { what: "an OPEN of channel 0", bytes: [encodeFrame(OPEN, 0)], says: "channel 0" },
  {
    what: "an EXEC of the remote's parity",
    side: "remote",
    bytes: [execFrame(2)],
    says: "opened channel 2",
  },
  {
    what: "more channels than allowed",
    bytes: [2, 4, 6, 8].map((id) => encodeFrame(OPEN, id)),
    says: "more than 3 channels",
  },
  { what: "EXEC to an initiator", bytes: [execFrame(2)], says: "exec, which is not its part" },
  {
    what: "STATUS_REQUEST to an initiator",
    bytes: [encodeFrame(FrameType.STATUS_REQUEST, 1)],
    says: "statusRequest, which is not its part",
  },
  {
    what: "EXIT to an initiator",
    bytes: [encodeFrame(FrameType.EXIT, 0, new Uint8Array(4))],
    says: "exit, which is not its part",
  },
  {
    what: "UNCAUGHT to a remote",
    side: "remote",
    bytes: [encodeFrame(FrameType.UNCAUGHT, 1, Uint8Array.of(0, 0, 0, 0, 0xc0))],
    says: "uncaught, which is not its part",
  },
  {
    what: "a truncated EXEC message",
    side: "remote",
    bytes: [encodeFrame(EXEC, 1, execFrame(1).subarray(9, -1))],
    says: "exec request is not valid MessagePack",
  },
  {
    what: "an EXEC message that lacks a field",
    side: "remote",
    bytes: [encodeFrame(EXEC, 1, Uint8Array.of(0x80))],
    says: `exec request has no text "kind"`,
  },
  {
    what: "code without its text",
    side: "remote",
    bytes: [encodeFrame(CODE, 0, concat([CODE_HASH, execFrame(1).subarray(9)]))],
    says: `code has no text "text"`,
  },
  {
    what: "an EXEC_KEPT of code that was never sent",
    side: "remote",
    bytes: [CODE_FRAME, encodeFrame(EXEC_KEPT, 1, new Uint8Array(32))],
    says: "code that it has not sent",
  },
  {
    what: "CODE to an initiator",
    bytes: [CODE_FRAME],
    says: "not its part",
  },
  {
    what: "EXEC_KEPT to an initiator",
    bytes: [encodeFrame(EXEC_KEPT, 2, CODE_HASH)],
    says: "not its part",
  },
  {
    what: "a window of over 4 GiB",
    bytes: [encodeFrame(WINDOW, 1, u32(0xffff_ffff))],
    says: "window of over 4 GiB",
  },
];

for (const row of breaches) {
  Deno.test(`Connection ends on ${row.what}`, () => assertEnds(row, true));
}

Deno.test("Connection ends on a STATUS that is not one, and its request rejects", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const status = it.side.connection.requestStatus();
  const rejected = assertRejects(() => status, ProtocolError, "status");
  const request = await it.peer.next("statusRequest");
  await it.peer.write(encodeFrame(FrameType.STATUS, request?.request ?? 0, Uint8Array.of(0x80)));
  await rejected;
  assertInstanceOf(await it.side.lost, ProtocolError);
});

for (const side of ["initiator", "remote"] as const) {
  Deno.test(`Connection answers a PING with a PONG, as ${side}`, async () => {
    await using it = face(side);
    await it.peer.greet();
    await it.peer.write(encodeFrame(FrameType.PING, 0));
    assertEquals(await it.peer.next("pong"), { type: "pong" });
    await it.peer.write(encodeFrame(FrameType.PONG, 0)); // nobody asked for it
    assertEquals(it.side.connection.lost, undefined);
  });
}

Deno.test("Connection ends when a peer that sends does not read its answers", async () => {
  await using it = face("remote", { peerReads: false });
  const executing = Array.from({ length: 200 }, () => "x".repeat(200));
  it.side.status = { channels: 0, executing, execModel: "main" };
  await it.peer.greet();
  const requests = Array.from({ length: 1000 }, () => encodeFrame(FrameType.STATUS_REQUEST, 1));
  await it.peer.write(...requests);
  const error = await it.side.lost;
  assertInstanceOf(error, ProtocolError);
  assertStringIncludes(error.message, "does not read");
});

Deno.test("Connection keeps to the window of a peer that never reads", async () => {
  await using it = face("initiator", { peerReads: false });
  await it.peer.greet();
  const channel = it.side.connection.newChannel();
  const sends = Array.from({ length: 40 }, () => channel.send(new Uint8Array(64_000)));
  const settled = Promise.allSettled(sends);
  channel.close();
  const outcomes = (await settled).map(({ status }) => status);
  assertEquals(outcomes.at(-1), "rejected");
  assertEquals(it.side.connection.lost, undefined);
});

Deno.test("Connection fails all that waits with GatewayClosedError when its stream ends", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const { connection } = it.side;
  const channel = connection.newChannel();
  const waits = [
    assertRejects(() => channel.receive(), GatewayClosedError),
    assertRejects(() => channel.waitClose(), GatewayClosedError),
    assertRejects(() => connection.requestStatus(), GatewayClosedError),
  ];
  await it.peer.close();
  await Promise.all(waits);
  await assertRejects(() => channel.send(1), GatewayClosedError);
  assertEquals([connection.channelCount, it.side.holds], [0, 0]);
});

/** Mutated streams end a connection by a ProtocolError at most, and nothing waits for ever. */

import { assertEquals } from "@std/assert";
import { assert, assertInstanceOf } from "../support/assert.ts";
import { ProtocolError } from "../../errors.ts";
import { FrameType } from "../../protocol/constants.ts";
import { encodeFrame, writeUint32 } from "../../protocol/frames.ts";
import { ItemCodec } from "../../protocol/items.ts";
import { inTime } from "../support/deadline.ts";
import { Mutator, PeakMemory } from "../support/mutate.ts";
import { execFrame, face } from "../support/peers.ts";

const MILLISECONDS = 3_000;
const MOST_MIB = 300;
const { ITEM, ITEM_START, ITEM_PART, WINDOW, END, CLOSE, OPEN, BLOCKED, GRANT, DROP } = FrameType;
const codec = new ItemCodec();

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeUint32(bytes, 0, value);
  return bytes;
}

function item(channel: number, value: unknown): Uint8Array {
  return encodeFrame(ITEM, channel, codec.encode(value));
}

/** What a peer might send, in order: channel 1 is one of this side, 2 and 4 are of the peer. */
function stream(side: "initiator" | "remote"): Uint8Array[] {
  const [own, theirs] = side === "initiator" ? [1, 2] : [2, 1];
  const text = "a text that is long enough for some parts";
  return [
    encodeFrame(WINDOW, 0, u32(1_000_000)),
    ...(side === "remote" ? [execFrame(theirs)] : [encodeFrame(OPEN, theirs)]),
    item(theirs, { list: [1, "two", 3n], at: new Date(0) }),
    item(own, [new Map([[1, new Set([text])]]), new Error("no"), Uint8Array.of(1, 2)]),
    encodeFrame(ITEM_START, own, Uint8Array.of(0, 0, 0, 30, 0xc4, 28, ...new Uint8Array(8))),
    encodeFrame(BLOCKED, own, u32(50_000)),
    encodeFrame(ITEM_PART, own, new Uint8Array(20)),
    encodeFrame(ITEM_START, theirs, Uint8Array.of(0, 0, 0, 30, 0xc4, 28, 1)),
    encodeFrame(DROP, theirs),
    encodeFrame(GRANT, theirs, u32(100)),
    encodeFrame(ITEM, own, Uint8Array.of(0xd6, 10, 0, 0, 0, theirs)),
    encodeFrame(WINDOW, theirs, u32(1_000)),
    encodeFrame(FrameType.PING, 0),
    encodeFrame(END, theirs),
    encodeFrame(CLOSE, theirs),
    encodeFrame(END, own),
    encodeFrame(CLOSE, own, codec.encode(new Error("the end"))),
  ];
}

for (const side of ["initiator", "remote"] as const) {
  Deno.test(`mutated streams end a connection of the ${side} in order, in bounded memory`, async () => {
    const mutator = new Mutator(side.length);
    const memory = new PeakMemory();
    const limits = { memoryBytes: 4 * 2 ** 20, maxDecodedBytes: 4 * 2 ** 20, maxChannels: 100 };
    let runs = 0;
    let refused = 0;
    for (const end = performance.now() + MILLISECONDS; performance.now() < end; runs++) {
      await using it = face(side, { limits });
      const { connection } = it.side;
      const channels = [1, 2, 3].map(() => connection.newChannel());
      const received = Promise.allSettled([channels[0].receive(), channels[1].waitClose()]);
      if (mutator.below(2) === 0) channels[2].setCallback(() => {});
      await it.peer.greet();
      const frames = stream(side);
      const count = 1 + mutator.below(3);
      for (let i = 0; i < count; i++) {
        const at = mutator.below(frames.length);
        const other = mutator.pick(frames);
        const isMoved = mutator.below(4) === 0;
        frames[at] = isMoved ? other : mutator.mutate(frames[at], other);
      }
      await it.peer.write(...frames);
      for (const channel of channels) channel.receive({ timeout: 1 }).catch(() => {});
      await it.peer.close();
      const error = await inTime("the end of the connection", it.side.lost);
      if (error !== undefined) {
        refused++;
        assertInstanceOf(error, ProtocolError);
      }
      await inTime("all that waits", received);
      memory.look();
      assertEquals(connection.channelCount, 0);
    }
    const grown = memory.report(`${runs} mutated streams, ${refused} refused`);
    assert(refused > 0 && grown < MOST_MIB);
  });
}

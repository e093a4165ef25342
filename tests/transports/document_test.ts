/** An initiator that is written from PROTOCOL.md alone, with another MessagePack. */

import { decode, encode, type ValueType } from "@std/msgpack";
import { assertEquals, assertMatch } from "@std/assert";
import { LOADER_URL } from "../../transports/program/loader.ts";
import { PROGRAM } from "../../transports/program/_program.gen.ts";
import { inTime } from "../support/deadline.ts";
import { test } from "../support/bounded.ts";

const MAGIC = [0, 0xff, ...new TextEncoder().encode("execnet\n")];
const FIRST_LINE = new TextEncoder().encode(
  "echo execnet: a shell reads what is meant for Deno; exit 97\n",
);
const FLAGS = "--quiet --no-config --no-lock --no-prompt --v8-flags=--expose-gc " +
  "--allow-read=/dev/fd/3 --allow-write=/dev/fd/4";
const [ITEM, WINDOW, END, CLOSE, OPEN, EXEC, EXIT, PING] = [1, 4, 5, 6, 7, 8, 11, 14];

function bytes(length: number, value: number): number[] {
  return Array.from({ length }, (_, i) => Math.floor(value / 256 ** (length - 1 - i)) % 256);
}

function frame(type: number, channel: number, payload: ArrayLike<number> = []): number[] {
  return [type, ...bytes(4, channel), ...bytes(4, payload.length), ...Array.from(payload)];
}

/** What the initiator writes first: the program, its preamble, and frames. */
function opening(version: number, ...frames: number[][]): Uint8Array<ArrayBuffer> {
  const program = new TextEncoder().encode(PROGRAM);
  const text = { deno: "2.9.6", v8: "", typescript: "", os: "", arch: "", gateway: "gw7" };
  const hello = encode({ pid: 1, maxItemBytes: 1_000_000, ...text });
  const preamble = [...MAGIC, ...bytes(2, version), ...bytes(4, hello.length), ...hello];
  return Uint8Array.from(
    [...FIRST_LINE, ...bytes(4, program.length), ...program, ...preamble, ...frames.flat()],
  );
}

/** What the gateway writes: its hello, and frames without those of windows, and pings. */
interface Written {
  hello: Record<string, ValueType>;
  frames: [type: number, channel: number, payload: unknown][];
}

/** Reads what has arrived whole; `undefined` before the hello has. */
function parse(stream: Uint8Array): Written | undefined {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  if (stream.length < 16) return undefined;
  assertEquals([...stream.subarray(0, 10)], MAGIC);
  let at = 16 + view.getUint32(12);
  if (stream.length < at) return undefined;
  const hello = decode(stream.slice(16, at)) as Record<string, ValueType>;
  const frames: Written["frames"] = [];
  while (at + 9 <= stream.length) {
    const [type, channel, length] = [stream[at], view.getUint32(at + 1), view.getUint32(at + 5)];
    const payload = stream.slice(at + 9, at += 9 + length);
    if (payload.length < length) break;
    if (type === WINDOW || type === PING) continue;
    frames.push([type, channel, length === 0 ? undefined : decode(payload)]);
  }
  return { hello, frames };
}

/** Runs a gateway to its end, which an EXIT asks for once it has closed channel 1. */
async function run(input: Uint8Array<ArrayBuffer>) {
  await using child = new Deno.Command("sh", {
    args: [
      "-c",
      `exec "$0" run ${FLAGS} "$1" 3<&0 4>&1 </dev/null >&2`,
      Deno.execPath(),
      LOADER_URL,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  writer.write(input).catch(() => {}); // it may end before it has read all
  let stream = new Uint8Array();
  let written: Written | undefined;
  for await (const chunk of child.stdout) {
    stream = Uint8Array.from([...stream, ...chunk]);
    written = parse(stream);
    if (written?.frames.some(([type]) => type === CLOSE)) {
      writer.write(Uint8Array.from(frame(EXIT, 0, bytes(4, 1_000)))).catch(() => {});
    }
  }
  const { code } = await inTime("the end of the gateway", child.status);
  await writer.abort();
  return { code, stderr: await stderr, ...written };
}

test("an initiator of another make runs code by what PROTOCOL.md says", async () => {
  const source = `
    console.log("printed");
    for (const part of args) await channel.send({ part, gateway: channel.gateway.id });
    for await (const item of channel) await channel.send(item);
  `;
  const { code, stderr, hello, frames } = await run(opening(
    1,
    frame(EXEC, 1, encode({ kind: "source", name: "job", position: "" })),
    frame(ITEM, 1, encode(source)),
    frame(ITEM, 1, encode(["a", "ä€"])),
    frame(ITEM, 1, encode({ list: [1, 1.5, null, true], bytes: Uint8Array.of(1, 2) })),
    frame(END, 1),
  ));
  assertEquals(hello?.gateway, "");
  assertEquals(frames, [
    [ITEM, 1, { part: "a", gateway: "gw7" }],
    [ITEM, 1, { part: "ä€", gateway: "gw7" }],
    [ITEM, 1, { list: [1, 1.5, null, true], bytes: Uint8Array.of(1, 2) }],
    [CLOSE, 1, undefined],
  ]);
  assertEquals([code, stderr], [0, "printed\n"]);
});

test("a remote reports a breach of the protocol on stderr, in one line", async () => {
  const breaches: [input: Uint8Array<ArrayBuffer>, message: RegExp][] = [
    [opening(2), /version 2 .* version 1/],
    [opening(1, [99, ...bytes(4, 1), ...bytes(4, 0)]), /type 99/],
    [opening(1, frame(ITEM, 7, [1])), /channel 7, which was never opened/],
    [opening(1, frame(OPEN, 2)), /channel 2/],
    [opening(1, frame(EXEC, 1, encode({ kind: "source", name: "job" }))), /no text "position"/],
    [opening(1, frame(EXEC, 1, encode({ kind: "source", position: "" }))), /no text "name"/],
    [opening(1, frame(EXEC, 1, [0xc1])), /MessagePack/],
  ];
  for (const [input, message] of breaches) {
    const { code, stderr, frames } = await run(input);
    assertMatch(stderr, /^execnet ends the connection: .*\n$/);
    assertMatch(stderr, message);
    assertEquals([code, frames], [213, []]);
  }
});

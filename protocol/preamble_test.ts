import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { encode } from "@std/msgpack";
import { ProtocolError } from "../errors.ts";
import {
  DEFAULT_LIMITS,
  FIRST_LINE,
  MAGIC,
  PREAMBLE_BYTES,
  PROTOCOL_VERSION,
} from "./constants.ts";
import { writeUint32 } from "./frames.ts";
import { encodePreamble, type Hello, localHello, PreambleDecoder } from "./preamble.ts";

const HELLO: Hello = {
  pid: 4321,
  deno: "2.9.6",
  v8: "14.0",
  typescript: "5.9",
  os: "linux",
  arch: "x86_64",
  maxItemBytes: 2 ** 30,
  gateway: "gw0",
};
const PREAMBLE = encodePreamble(HELLO);
const REST = Uint8Array.of(1, 2, 3);
const utf8 = new TextEncoder();

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function decodeChunks(...chunks: Uint8Array[]) {
  const decoder = new PreambleDecoder();
  for (const [i, chunk] of chunks.entries()) {
    const greeting = decoder.push(chunk);
    if (greeting === undefined) continue;
    return { ...greeting, rest: join(greeting.rest, ...chunks.slice(i + 1)), noise: decoder.noise };
  }
}

/** Returns a preamble around any message. */
function preambleOf(message: Uint8Array): Uint8Array {
  const bytes = join(PREAMBLE.subarray(0, PREAMBLE_BYTES), message);
  writeUint32(bytes, MAGIC.length + 2, message.length);
  return bytes;
}

Deno.test("PreambleDecoder returns the hello and the bytes behind it", () => {
  const greeting = decodeChunks(join(PREAMBLE, REST));
  assertEquals(greeting?.hello, HELLO);
  assertEquals(greeting?.rest, REST);
});

Deno.test("localHello() describes this process", () => {
  const hello = localHello("gw7", 1000);
  assertEquals(hello.pid, Deno.pid);
  assertEquals(hello.deno, Deno.version.deno);
  assertEquals([hello.os, hello.arch], [Deno.build.os, Deno.build.arch]);
  assertEquals([hello.gateway, hello.maxItemBytes], ["gw7", 1000]);
  assertEquals(decodeChunks(encodePreamble(hello))?.hello, hello);
});

const NOISES: [what: string, noise: Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["a banner", utf8.encode("Welcome to host!\r\nLast login: today ä€😀\n")],
  ["the magic's first byte", MAGIC.slice(0, 1)],
  ["the magic but its last byte", MAGIC.slice(0, -1)],
  ["the magic's beginning twice", join(MAGIC.slice(0, 5), MAGIC.slice(0, 5))],
  ["the magic's end", MAGIC.slice(2)],
  ["NULs and 0xff", Uint8Array.of(0, 0, 0xff, 0xff, 0, 0xff, 0x65, 0, 0xff, 0)],
];

for (const [what, noise] of NOISES) {
  Deno.test(`PreambleDecoder skips ${what} before the magic, wherever it is split`, () => {
    const stream = join(noise, PREAMBLE, REST);
    for (let at = 0; at <= stream.length; at++) {
      const greeting = decodeChunks(stream.subarray(0, at), stream.subarray(at));
      assertEquals(greeting?.hello, HELLO, `cut at ${at}`);
      assertEquals(greeting?.rest, REST, `cut at ${at}`);
    }
    const bytes = Array.from(stream, (byte) => Uint8Array.of(byte));
    assertEquals(decodeChunks(...bytes)?.hello, HELLO);
  });
}

Deno.test("PreambleDecoder keeps the noise for messages", () => {
  const decoder = new PreambleDecoder();
  decoder.push(utf8.encode("bash: deno: command "));
  decoder.push(utf8.encode("not found"));
  assertEquals(decoder.noise, "bash: deno: command not found");
});

Deno.test("PreambleDecoder accepts as much noise as allowed, and no more", () => {
  const limits = { maxNoiseBytes: 100, maxHelloBytes: 4096 };
  const most = new Uint8Array(100).fill(0x78);
  assertEquals(new PreambleDecoder(limits).push(join(most, PREAMBLE))?.hello, HELLO);
  const error = assertThrows(
    () => new PreambleDecoder(limits).push(join(most, utf8.encode("tail"))),
    ProtocolError,
  );
  assertStringIncludes(error.message, "100 bytes");
  assertStringIncludes(error.message, "xtail");
});

Deno.test("PreambleDecoder counts noise in bytes, over all chunks", () => {
  const decoder = new PreambleDecoder({ maxNoiseBytes: 100, maxHelloBytes: 4096 });
  const push = () => {
    for (let i = 0; i < 60; i++) decoder.push(utf8.encode("ä"));
  };
  assertThrows(push, ProtocolError, "100 bytes");
});

Deno.test("PreambleDecoder names both versions if they differ, before the hello arrives", () => {
  const bytes = encodePreamble(HELLO, 258).subarray(0, PREAMBLE_BYTES);
  const error = assertThrows(() => decodeChunks(bytes), ProtocolError);
  assertStringIncludes(error.message, "version 258");
  assertStringIncludes(error.message, `version ${PROTOCOL_VERSION}`);
});

Deno.test("PreambleDecoder refuses an oversized hello before it arrives", () => {
  for (const length of [4097, 2 ** 32 - 1]) {
    const bytes = PREAMBLE.slice(0, PREAMBLE_BYTES);
    writeUint32(bytes, MAGIC.length + 2, length);
    assertThrows(() => decodeChunks(bytes), ProtocolError, `declares ${length} bytes`);
  }
});

Deno.test("PreambleDecoder refuses a malformed hello", () => {
  const broken: Uint8Array[] = [
    new Uint8Array(),
    Uint8Array.of(0xc1),
    encode([1, 2]),
    encode(null),
    encode("hello"),
    Uint8Array.of(0xdf, 255, 255, 255, 255),
    PREAMBLE.slice(PREAMBLE_BYTES, -1),
    new Uint8Array(4096).fill(0x91),
    ...Object.keys(HELLO).flatMap((key) => [
      encode(Object.fromEntries(Object.entries(HELLO).filter(([name]) => name !== key))),
      encode({ ...HELLO, [key]: [] }),
      encode({ ...HELLO, [key]: -1.5 }),
    ]),
  ];
  for (const message of broken) {
    assertThrows(() => decodeChunks(preambleOf(message)), ProtocolError, "hello");
  }
});

Deno.test("PreambleDecoder refuses an initiator's hello where a remote's is expected", () => {
  const hello = encodePreamble(localHello("gw7", 1000));
  const remote = new PreambleDecoder(DEFAULT_LIMITS, "remote");
  assertEquals(remote.push(hello)?.hello.gateway, "gw7");
  const initiator = new PreambleDecoder(DEFAULT_LIMITS, "initiator");
  assertThrows(() => initiator.push(hello), ProtocolError, "it sends back what it is sent");
});

Deno.test("PreambleDecoder recognises an echo by the first line, cut anywhere, with any end", () => {
  const echo = utf8.encode(`\x1b[0m${FIRST_LINE.trimEnd()}\r\n`);
  for (let at = 0; at <= echo.length; at++) {
    const decoder = new PreambleDecoder();
    assertThrows(
      () => [echo.subarray(0, at), echo.subarray(at)].map((part) => decoder.push(part.slice())),
      ProtocolError,
      "it sends back what it is sent",
    );
  }
});

Deno.test("PreambleDecoder names the label that something puts before each line", () => {
  const [line, rest] = [PREAMBLE.subarray(0, MAGIC.length), PREAMBLE.subarray(MAGIC.length)];
  for (const label of ["0: ", "host: ", " "]) {
    const prefix = utf8.encode(label);
    const banner = utf8.encode(`${label}Welcome\n`);
    assertThrows(
      () => decodeChunks(join(banner, prefix, line, prefix, rest)),
      ProtocolError,
      `each line of its output begins with ${JSON.stringify(label)}`,
    );
  }
});

Deno.test("PreambleDecoder ignores unknown fields of a hello", () => {
  const message = encode({ ...HELLO, colour: "blue" });
  assertEquals(decodeChunks(preambleOf(message))?.hello, HELLO);
});

Deno.test("PreambleDecoder waits for the rest of a truncated preamble", () => {
  for (let at = 0; at < PREAMBLE.length; at++) {
    assertEquals(decodeChunks(PREAMBLE.subarray(0, at)), undefined, `cut at ${at}`);
  }
});

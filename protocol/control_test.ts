import { assertEquals, assertThrows } from "@std/assert";
import { encode, type ValueMap, type ValueType } from "@std/msgpack";
import { ProtocolError } from "../errors.ts";
import { MAX_FRAME_BYTES } from "./constants.ts";
import {
  decodeExecRequest,
  decodeKeptCode,
  decodeStatusReport,
  encodeExecRequest,
  encodeKeptCode,
  encodeStatusReport,
  type ExecRequest,
  type StatusReport,
} from "./control.ts";

const EXEC: ExecRequest = { kind: "call", name: "sum ä", position: "3:14", isolated: true };
const STATUS: StatusReport = { channels: 70_000, executing: ["a", "b"], execModel: "main" };

Deno.test("an exec request is decoded as it was encoded", () => {
  for (const kind of ["source", "function", "module", "call", "map", "relay"] as const) {
    const request = { ...EXEC, kind };
    assertEquals(decodeExecRequest(encodeExecRequest(request)), request);
  }
});

Deno.test("kept code is decoded as it was encoded, and refused without its text", () => {
  const code = { ...EXEC, text: "(a, b) => a + b // ä" };
  assertEquals(decodeKeptCode(encodeKeptCode(code)), code);
  assertThrows(() => decodeKeptCode(encodeExecRequest(EXEC)), ProtocolError, `no text "text"`);
});

Deno.test("a status is decoded as it was encoded", () => {
  assertEquals(decodeStatusReport(encodeStatusReport(STATUS)), STATUS);
  const empty = { channels: 0, executing: [], execModel: "" };
  assertEquals(decodeStatusReport(encodeStatusReport(empty)), empty);
});

Deno.test("a status with many long names, and an exec request with a long name, fit into a frame", () => {
  const executing = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(250, "x"));
  const status = encodeStatusReport({ ...STATUS, executing });
  assertEquals(status.length <= MAX_FRAME_BYTES, true, `${status.length} bytes of status`);
  assertEquals(decodeStatusReport(status).channels, STATUS.channels);
});

Deno.test("unknown fields of a control message are ignored", () => {
  assertEquals(decodeExecRequest(encode({ ...EXEC, extra: 1 })), EXEC);
  assertEquals(decodeStatusReport(encode({ ...STATUS, extra: [1] })), STATUS);
});

/** Returns the message with one field changed, or removed if there is no value. */
function changed(message: ValueMap, key: string, ...values: ValueType[]): Uint8Array {
  const fields = Object.entries(message).filter(([name]) => name !== key);
  return encode(Object.fromEntries([...fields, ...values.map((value) => [key, value])]));
}

for (const key of ["kind", "name", "position"]) {
  Deno.test(`an exec request with a wrong "${key}" is a ProtocolError`, () => {
    for (const wrong of [[], [null], [1], [true], [["call"]], [{}], [Uint8Array.of(1)]]) {
      const bytes = changed({ ...EXEC }, key, ...wrong);
      assertThrows(() => decodeExecRequest(bytes), ProtocolError, `no text "${key}"`);
    }
  });
}

Deno.test("an exec request of an unknown kind is a ProtocolError that names it", () => {
  for (const kind of ["modules", "", "toString", "__proto__"]) {
    const bytes = changed({ ...EXEC }, "kind", kind);
    assertThrows(() => decodeExecRequest(bytes), ProtocolError, `unknown kind "${kind}"`);
  }
});

Deno.test(`a status with a wrong "channels" is a ProtocolError`, () => {
  const wrongs: ValueType[][] = [[], [null], ["1"], [-1], [1.5], [NaN], [Infinity], [[1]], [
    2 ** 60,
  ]];
  for (const wrong of wrongs) {
    const bytes = changed({ ...STATUS }, "channels", ...wrong);
    assertThrows(() => decodeStatusReport(bytes), ProtocolError, `"channels"`);
  }
  const large = changed({ ...STATUS }, "channels", 2n ** 63n);
  assertThrows(() => decodeStatusReport(large), ProtocolError, "status");
});

Deno.test(`a status with a wrong "executing" is a ProtocolError`, () => {
  for (const wrong of [[], [null], ["a"], [{}], [[1]], [["a", null]]]) {
    const bytes = changed({ ...STATUS }, "executing", ...wrong);
    assertThrows(() => decodeStatusReport(bytes), ProtocolError, `"executing"`);
  }
});

Deno.test(`a status with a wrong "execModel" is a ProtocolError`, () => {
  for (const wrong of [[], [null], [1], [["main"]]]) {
    const bytes = changed({ ...STATUS }, "execModel", ...wrong);
    assertThrows(() => decodeStatusReport(bytes), ProtocolError, `"execModel"`);
  }
});

Deno.test("a control message that is malformed, or not a map, is a ProtocolError", () => {
  const exec = encodeExecRequest(EXEC);
  const broken: Uint8Array[] = [
    new Uint8Array(),
    encode(null),
    encode(7),
    encode("call"),
    encode(["call"]),
    encode(Uint8Array.of(1)),
    Uint8Array.of(0xc1),
    Uint8Array.of(0xd4, 1, 1),
    Uint8Array.of(0xdd, 255, 255, 255, 255),
    Uint8Array.of(0xdf, 255, 255, 255, 255),
    Uint8Array.of(0x81, 1, 2),
    ...Array.from(exec, (_, at) => exec.subarray(0, at)),
  ];
  for (const bytes of broken) {
    assertThrows(() => decodeExecRequest(bytes), ProtocolError, "exec request");
    assertThrows(() => decodeStatusReport(bytes), ProtocolError, "status");
  }
});

Deno.test("a control message nested as deep as a frame allows is a ProtocolError", () => {
  const arrays = new Uint8Array(MAX_FRAME_BYTES).fill(0x91);
  const maps = Uint8Array.from({ length: MAX_FRAME_BYTES }, (_, i) => [0x81, 0xa1, 0x61][i % 3]);
  for (const bytes of [arrays, maps]) {
    assertThrows(() => decodeExecRequest(bytes), ProtocolError);
    assertThrows(() => decodeStatusReport(bytes), ProtocolError);
  }
});

Deno.test("a key __proto__ of a control message is data, and gives it no fields", () => {
  const fields = encode({ ...EXEC }).subarray(1);
  const bytes = Uint8Array.of(
    0x81,
    0xa9,
    ...new TextEncoder().encode("__proto__"),
    0x83,
    ...fields,
  );
  assertThrows(() => decodeExecRequest(bytes), ProtocolError);
});

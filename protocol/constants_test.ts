import { assertEquals } from "@std/assert";
import {
  CODE_HASH_BYTES,
  DEFAULT_LIMITS,
  FIRST_LINE,
  FrameType,
  HEADER_BYTES,
  INITIAL_CONNECTION_WINDOW_BYTES,
  INITIAL_WINDOW_BYTES,
  KEPT_CODES,
  MAGIC,
  MAX_FRAME_BYTES,
  MAX_WINDOW_BYTES,
  MIN_DENO_VERSION,
  PREAMBLE_BYTES,
  PROTOCOL_VERSION,
} from "./constants.ts";
import { ItemType } from "./item_types.ts";

Deno.test("the handshake's constants are those of version 1", () => {
  assertEquals(PROTOCOL_VERSION, 1);
  assertEquals(MIN_DENO_VERSION, "2.7.12");
  assertEquals([...MAGIC], [0x00, 0xff, 0x65, 0x78, 0x65, 0x63, 0x6e, 0x65, 0x74, 0x0a]);
  assertEquals(new TextDecoder().decode(MAGIC.subarray(2)), "execnet\n");
  assertEquals(PREAMBLE_BYTES, 16);
  assertEquals(FIRST_LINE, "echo execnet: a shell reads what is meant for Deno; exit 97\n");
});

Deno.test("the sizes of frames and windows are those of version 1", () => {
  assertEquals(HEADER_BYTES, 9);
  assertEquals(MAX_FRAME_BYTES, 65_536);
  assertEquals(INITIAL_WINDOW_BYTES, 1_048_576);
  assertEquals(INITIAL_CONNECTION_WINDOW_BYTES, 524_288);
  assertEquals(MAX_WINDOW_BYTES, 16_777_216);
  assertEquals(KEPT_CODES, 128);
  assertEquals(CODE_HASH_BYTES, 32);
});

Deno.test("the frame types are those of version 1", () => {
  assertEquals(FrameType, {
    ITEM: 1,
    ITEM_START: 2,
    ITEM_PART: 3,
    WINDOW: 4,
    END: 5,
    CLOSE: 6,
    OPEN: 7,
    EXEC: 8,
    STATUS_REQUEST: 9,
    STATUS: 10,
    EXIT: 11,
    CODE: 12,
    EXEC_KEPT: 13,
    PING: 14,
    PONG: 15,
    DROP: 16,
    BLOCKED: 17,
    GRANT: 18,
    UNCAUGHT: 19,
  });
});

Deno.test("the extension types of items are those of version 1", () => {
  assertEquals(ItemType, {
    UNDEFINED: 0,
    ARRAY: 1,
    BIGINT: 2,
    DATE: 3,
    REGEXP: 4,
    URL: 5,
    ERROR: 6,
    MAP: 7,
    SET: 8,
    BUFFER: 9,
    CHANNEL: 10,
    DOM_EXCEPTION: 11,
    TEXT16: 12,
  });
});

Deno.test("the limits are those in PROTOCOL.md", () => {
  assertEquals(DEFAULT_LIMITS, {
    maxItemBytes: 1_073_741_824,
    maxItemDepth: 1_000,
    memoryBytes: 67_108_864,
    maxDecodedBytes: Infinity,
    maxChannels: 1_048_576,
    maxNoiseBytes: 65_536,
    maxHelloBytes: 4_096,
  });
  assertEquals(Object.isFrozen(DEFAULT_LIMITS), true);
});

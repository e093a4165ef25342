import { assertEquals } from "@std/assert";
import { AUTH_HEADER_BYTES, RefusalCode } from "./auth_messages.ts";
import { decodeExit, decodeRefusal, encodeExit, encodeRefusal } from "./auth_payloads.ts";

Deno.test("refusals and exits are decoded as they were encoded, a long reason cut, its controls escaped", () => {
  const payload = (message: Uint8Array) => message.slice(AUTH_HEADER_BYTES);
  assertEquals(decodeRefusal(payload(encodeRefusal(RefusalCode.BUSY, "no room"))), {
    code: RefusalCode.BUSY,
    reason: "no room",
  });
  const long = decodeRefusal(payload(encodeRefusal(RefusalCode.BUSY, "ä".repeat(2_000))));
  assertEquals(long.reason, "ä".repeat(500));
  const hostile = decodeRefusal(payload(encodeRefusal(RefusalCode.BUSY, "\x1b[2J\u202eno")));
  assertEquals(hostile.reason, "\\u001b[2J\\u202eno");
  assertEquals(decodeExit(payload(encodeExit(7, null))), { code: 7, signal: null });
  assertEquals(decodeExit(payload(encodeExit(255, null))), { code: 255, signal: null });
  assertEquals(decodeExit(payload(encodeExit(null, "SIGKILL"))), { code: null, signal: "SIGKILL" });
});

import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { AuthType, readMessage } from "./auth_messages.ts";
import { End } from "../tests/support/exact_stream.ts";

Deno.test("a length that its type cannot have is refused before the payload is read", async () => {
  for (const type of Object.values(AuthType)) {
    const [, far] = End.pair();
    far.push(Uint8Array.of(type, 0xff, 0xff));
    await assertRejects(() => readMessage(far, [type]), ProtocolError, "declares 65535 bytes");
  }
});

Deno.test("the end of the stream is an error within a message, but not between two", async () => {
  const [, far] = End.pair();
  far.end();
  assertEquals(await readMessage(far, [AuthType.PING]), undefined);
  const [, cut] = End.pair();
  cut.push(Uint8Array.of(AuthType.SIGNAL, 0, 1));
  cut.end();
  await assertRejects(() => readMessage(cut, [AuthType.SIGNAL]), ProtocolError, "within a message");
});

import { assertEquals } from "@std/assert";
import type { Transport } from "../transport.ts";
import { RemoteKillTransport } from "./remote_kill.ts";

Deno.test("RemoteKillTransport reports what was written, so that memory can be given back", () => {
  const near: Partial<Transport> = {
    exited: Promise.resolve({ code: 0, signal: null }),
    write: (_, written) => written?.(),
  };
  let count = 0;
  const far = new RemoteKillTransport(near as Transport, () => Promise.resolve());
  far.write([Uint8Array.of(1)], () => count++);
  assertEquals(count, 1);
});

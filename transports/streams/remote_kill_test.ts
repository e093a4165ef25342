import { assertEquals } from "@std/assert";
import type { Transport } from "../transport.ts";
import { CarriedTransport } from "./remote_kill.ts";

Deno.test("CarriedTransport tells when its carrier has written, so that memory can be given back", () => {
  const carrier: Partial<Transport> = {
    exited: Promise.resolve({ code: 0, signal: null }),
    write: (_, written) => written?.(),
  };
  let count = 0;
  const carried = new CarriedTransport(carrier as Transport, () => Promise.resolve());
  carried.write([Uint8Array.of(1)], () => count++);
  assertEquals(count, 1);
});

import { assertEquals } from "@std/assert";
import { pass } from "./relay.ts";

const READS = 100;

/** Gives `length` bytes to each read, and says which reads came with a buffer that was never used. */
function source(length: number) {
  const fresh: number[] = [];
  let reads = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view as Uint8Array;
      if (view[0] === 0) fresh.push(reads);
      view.fill(1);
      if (reads++ === READS) controller.close();
      request?.respond(reads > READS ? 0 : length);
    },
  });
  return { stream, fresh };
}

Deno.test("pass() reads into the same buffer again after a few bytes, before they are written", async () => {
  const { stream, fresh } = source(10);
  let sent = 0;
  const never = () => {
    throw new Error("they are few");
  };
  await pass(stream, { sendOn: () => void sent++, sendBytes: never });
  assertEquals([sent, fresh], [READS, [0]]);
});

Deno.test("pass() reads into another buffer until many bytes are written", async () => {
  const { stream, fresh } = source(10_000);
  const held: (() => void)[] = [];
  const never = () => {
    throw new Error("they are many");
  };
  await pass(stream, {
    sendOn: never,
    sendBytes(chunks, written) {
      assertEquals(chunks.map(({ length }) => length), [10_000]);
      held.push(written);
      if (held.length === 3) held.forEach((tell) => tell());
    },
  });
  assertEquals(fresh.slice(0, 4), [0, 1, 2, 6]);
});

import { assertEquals } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { inTime } from "../tests/support/deadline.ts";
import { RelayOutput } from "./relay_output.ts";

const READS = 100;
const MIB = 1024 * 1024;

/** Returns `length` bytes for each read, and records which reads had a fresh buffer. */
function source(length: number, reads = READS) {
  const fresh: number[] = [];
  let count = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view as Uint8Array;
      if (view[0] === 0) fresh.push(count);
      view.fill(1);
      if (count++ === reads) controller.close();
      request?.respond(count > reads ? 0 : length);
    },
  });
  return { stream, fresh };
}

Deno.test("RelayOutput reads into the same buffer again after a few bytes, before they are written", async () => {
  const { stream, fresh } = source(10);
  let sent = 0;
  const never = () => {
    throw new Error("they are few");
  };
  await new RelayOutput(stream, { sendOn: () => void sent++, sendBytes: never }).pass();
  assertEquals([sent, fresh], [READS, [0]]);
});

Deno.test("RelayOutput reads into another buffer until many bytes are written", async () => {
  const { stream, fresh } = source(10_000);
  const held: (() => void)[] = [];
  const never = () => {
    throw new Error("they are many");
  };
  const output = new RelayOutput(stream, {
    sendOn: never,
    sendBytes(chunks, written) {
      assertEquals(chunks.map(({ length }) => length), [10_000]);
      held.push(written);
      if (held.length === 3) held.forEach((tell) => tell());
    },
  });
  await output.pass();
  assertEquals(fresh.slice(0, 4), [0, 1, 2, 6]);
});

Deno.test("RelayOutput sends all that an ended process has written, however long that takes", async () => {
  const { stream } = source(10_000, 10);
  let sent = 0;
  const output = new RelayOutput(stream, {
    sendOn() {},
    async sendBytes([bytes], written) {
      // In total longer than a read may take.
      await new Promise((resolve) => setTimeout(resolve, 70));
      sent += bytes.length;
      written();
    },
  });
  const passed = output.pass();
  output.processEnded();
  await passed;
  assertEquals(sent, 100_000);
});

Deno.test("RelayOutput ends soon after its process where another holds the pipe open", async () => {
  let isCancelled = false;
  const stream = new ReadableStream({ type: "bytes", cancel: () => void (isCancelled = true) });
  const output = new RelayOutput(stream, { sendOn() {}, sendBytes() {} });
  const passed = output.pass();
  output.processEnded();
  await inTime("the end", passed);
  assert(isCancelled);
});

Deno.test("RelayOutput ends soon after its process where another writes without end", async () => {
  const { stream } = source(60_000, Infinity);
  let sent = 0;
  const output = new RelayOutput(stream, {
    sendOn() {},
    sendBytes([bytes], written) {
      sent += bytes.length;
      if (sent === 60_000) output.processEnded();
      written();
    },
  });
  await inTime("the end", output.pass());
  assert(sent >= MIB && sent < 2 * MIB, `${sent} bytes`);
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import { assert } from "../../tests/support/assert.ts";
import { test } from "../../tests/support/bounded.ts";
import { until } from "../../tests/support/deadline.ts";
import { runScript } from "../../tests/support/processes.ts";
import { LateTransport } from "./late.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";

/** A transport that records the calls. */
class Noted implements Transport {
  readonly done: string[] = [];
  readonly ended = Promise.withResolvers<ExitStatus>();
  readonly exited = this.ended.promise;
  readonly output = { stdout: printed("out"), stderr: printed("err") };

  start(): void {
    this.done.push("start");
  }

  write([chunk]: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    this.done.push(`write ${chunk}`);
    written?.();
  }

  async flushed(): Promise<void> {}

  closeWrite(): void {
    this.done.push("closeWrite");
  }

  abort(signal: string): void {
    this.done.push(signal);
  }

  release(): void {
    this.done.push("release");
  }

  ref(): void {
    this.done.push("ref");
  }

  unref(): void {
    this.done.push("unref");
  }
}

function printed(text: string): ReadableStream<Uint8Array> {
  return ReadableStream.from([new TextEncoder().encode(text)]);
}

test("LateTransport passes on what was done before it was there, in order", async () => {
  const opened = Promise.withResolvers<Transport>();
  const late = new LateTransport(() => opened.promise);
  const transport = new Noted();
  late.ref();
  late.start({ data() {}, end() {} });
  let isWritten = false;
  const first = late.write([Uint8Array.of(1)], () => isWritten = true);
  late.closeWrite();
  assert(first instanceof Promise && !isWritten);
  opened.resolve(transport);
  await first;
  assert(isWritten);
  late.write([Uint8Array.of(2)]);
  late.abort("SIGTERM");
  late.unref();
  assertEquals(transport.done, [
    "ref",
    "start",
    "write 1",
    "closeWrite",
    "write 2",
    "SIGTERM",
    "unref",
  ]);
  assertEquals(await new Response(late.output.stdout).text(), "out");
  assertEquals(await new Response(late.output.stderr).text(), "err");
  transport.ended.resolve({ code: 7, signal: null });
  assertEquals(await late.exited, { code: 7, signal: null });
});

test("LateTransport ends with the reason why it did not open", async () => {
  const reason = new Error("no");
  const late = new LateTransport(() => Promise.reject(reason));
  const end = Promise.withResolvers<Error | undefined>();
  late.start({ data() {}, end: end.resolve });
  assertStrictEquals(await end.promise, reason);
  assertEquals(await late.exited, NO_STATUS);
  assertEquals(await new Response(late.output.stdout).text(), "");
  await late.flushed();
});

test("LateTransport that is aborted before it is there ends at once, and what comes is ended", async () => {
  const opened = Promise.withResolvers<Transport>();
  let seen: AbortSignal | undefined;
  const late = new LateTransport((signal) => {
    seen = signal;
    return opened.promise;
  });
  const transport = new Noted();
  late.ref();
  late.abort("SIGTERM");
  assert(seen?.aborted);
  assertEquals(await late.exited, NO_STATUS);
  opened.resolve(transport);
  await opened.promise;
  assertEquals(transport.done, ["SIGTERM", "release"]);
  await until("SIGKILL", () => transport.done.at(-1) === "SIGKILL");
  await Promise.all([transport.output.stdout.cancel(), transport.output.stderr.cancel()]);
});

test("LateTransport keeps the event loop alive only while it is asked to", async () => {
  // Without a top-level await, for which Deno waits anyway.
  const run = async (asked: string) => {
    const source = `
      import { LateTransport } from "${new URL("./late.ts", import.meta.url)}";
      const late = new LateTransport(() =>
        new Promise((_, reject) => Deno.unrefTimer(setTimeout(reject, 500)))
      );
      late.exited.then(() => console.log("ended"));
      ${asked}`;
    return (await runScript(source, [])).stdout;
  };
  assertEquals(await run("late.ref();"), "ended\n");
  assertEquals(await run("late.ref(); late.unref();"), "");
});

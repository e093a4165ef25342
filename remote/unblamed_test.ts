import { assertEquals } from "@std/assert";
import { MAX_FRAME_BYTES, MISSED_BYTES } from "../protocol/constants.ts";
import { FakeContext } from "../tests/support/fake_context.ts";
import { UnblamedErrors } from "./unblamed.ts";

/** Tells errors over a connection that records them. `pass` ends a second, `write` writes all. */
function setUp() {
  const { codec, scheduler } = new FakeContext();
  const connection = {
    lost: undefined as Error | undefined,
    codec,
    scheduler: scheduler as never,
    written: () => written.promise,
  };
  let written = Promise.withResolvers<void>();
  let second = Promise.withResolvers<void>();
  const errors = new UnblamedErrors(connection, () => second.promise);
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  return {
    connection,
    tell: (...messages: string[]) =>
      messages.forEach((message) => errors.tell(new Error(message), 5)),
    async pass() {
      second.resolve();
      second = Promise.withResolvers();
      await settle();
    },
    async write() {
      written.resolve();
      written = Promise.withResolvers();
      await settle();
    },
    /** What was sent since: channel, number of missed errors, message. */
    told: () =>
      scheduler.frames.splice(0).map(({ type, channel, prefix, payload }) => {
        assertEquals(type, "UNCAUGHT");
        return [channel, prefix, (codec.decode(payload) as Error).message];
      }),
    frames: scheduler.frames,
  };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${from + i}`);

Deno.test("UnblamedErrors tells an error with the channel of its code", () => {
  const it = setUp();
  it.tell("one", "two");
  assertEquals(it.told(), [[5, 0, "one"], [5, 0, "two"]]);
});

Deno.test("UnblamedErrors tells 20 errors a second, then the latest of the others with their number", async () => {
  const it = setUp();
  it.tell(...numbered(0, 1_000));
  assertEquals(it.told(), numbered(0, 20).map((message) => [5, 0, message]));
  await it.pass();
  assertEquals(it.told(), []); // nothing has been written
  await it.write();
  assertEquals(it.told(), [[5, 979, "999"]]);
  it.tell("next");
  assertEquals(it.told(), [[5, 0, "next"]]);
});

Deno.test("UnblamedErrors cuts an error to what a frame holds", () => {
  const it = setUp();
  it.tell("x".repeat(1_000_000));
  const [{ payload }] = it.frames;
  assertEquals(payload.length <= MAX_FRAME_BYTES - MISSED_BYTES, true);
  assertEquals(it.told()[0][2]?.toString().endsWith("… (1000000 characters)"), true);
});

Deno.test("UnblamedErrors tells nothing over a connection that is gone", () => {
  const it = setUp();
  it.connection.lost = new Error("gone");
  it.tell("one");
  assertEquals(it.told(), []);
});

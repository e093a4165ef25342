import { assertEquals } from "@std/assert";
import { ProtocolError, RemoteError } from "../errors.ts";
import { ItemCodec } from "../protocol/items.ts";
import { assertInstanceOf } from "../tests/support/assert.ts";
import { FakeContext } from "../tests/support/fake_context.ts";
import { ErrorCompletion, type ErrorExplainer } from "./error_completion.ts";
import { PeerError } from "./peer_error.ts";

/** The errors that a channel is closed with. */
function setUp(advice?: string) {
  const context = new FakeContext();
  context.advise = () => advice;
  const closes: (Error | undefined)[] = [];
  const peerError = new PeerError(context.binding);
  const explainBy = (explain: ErrorExplainer) => {
    peerError.completion = new ErrorCompletion(context.binding, explain);
    return peerError.completion;
  };
  return {
    context,
    peerError,
    explainBy,
    closes,
    closed: (error?: Error) => void closes.push(error),
  };
}

const bytes = new ItemCodec().encodeError(
  new RangeError("denied", { cause: new TypeError("why") }),
);

Deno.test("PeerError reads a CLOSE without an error", () => {
  const { peerError, closes, closed } = setUp();
  peerError.read(new Uint8Array(), closed);
  assertEquals(closes, [undefined]);
});

Deno.test("PeerError reads an error as a RemoteError, with advice for it and its causes", () => {
  const { peerError, closes, closed } = setUp("grant it");
  peerError.read(bytes, closed);
  const [error] = closes;
  assertInstanceOf(error, RemoteError);
  assertEquals([error.name, error.message], ["RangeError", "denied; grant it"]);
  assertEquals((error.cause as Error).message, "why; grant it");
});

for (const wrong of [Uint8Array.of(7), Uint8Array.of(0xc1)]) {
  Deno.test(`PeerError takes ${wrong[0]} for a wrong CLOSE`, () => {
    const { peerError, closes, closed } = setUp();
    peerError.read(wrong, closed);
    assertInstanceOf(closes[0], ProtocolError);
  });
}

Deno.test("PeerError completes an error at once", () => {
  const { peerError, explainBy, closes, closed } = setUp();
  explainBy((init) => ({ ...init, message: "completed" }));
  peerError.read(bytes, closed);
  assertEquals(closes[0]?.message, "completed");
});

Deno.test("PeerError completes an error later, and keeps the event loop alive until then", async () => {
  const { context, peerError, explainBy, closes, closed } = setUp();
  const more = Promise.withResolvers<void>();
  const completion = explainBy(async (init) => {
    await more.promise;
    return { ...init, message: "completed" };
  });
  const read = new Promise<void>((resolve) =>
    peerError.read(bytes, (error) => (closed(error), resolve()))
  );
  assertEquals([completion.isPending, context.holds, closes], [true, 1, []]);
  more.resolve();
  await read;
  assertEquals(closes[0]?.message, "completed");
  assertEquals([completion.isPending, context.holds, closes.length], [false, 0, 1]);
});

Deno.test("ErrorCompletion.flush() closes with the error as it was received, once", async () => {
  const { peerError, explainBy, closes, closed } = setUp();
  const more = Promise.withResolvers<void>();
  const completion = explainBy(async (init) => {
    await more.promise;
    return { ...init, message: "completed" };
  });
  completion.flush(); // there is none
  peerError.read(bytes, closed);
  completion.flush();
  more.resolve();
  for (let i = 0; i < 20; i++) await Promise.resolve();
  assertEquals([closes.map((error) => error?.message), completion.isPending], [["denied"], false]);
});

Deno.test("PeerError.remoteError() completes an error that was received in an item", () => {
  const { peerError, explainBy } = setUp("grant it");
  explainBy((init) => ({ ...init, message: `${init.message}, completed` }));
  const error = peerError.remoteError(new RangeError("denied"));
  assertInstanceOf(error, RemoteError);
  assertEquals(error.message, "denied; grant it, completed");
});

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ChannelClosedError, ExecnetError, TimeoutError } from "../../errors.ts";
import { INITIAL_WINDOW_BYTES } from "../../protocol/constants.ts";
import { FakeContext } from "../../tests/support/fake_context.ts";
import { Outcome } from "../outcome.ts";
import { ReceiveQueue } from "./receive_queue.ts";
import { ReceiveWindow } from "./receive_window.ts";
import { watch } from "./watchers.ts";

const HALF = INITIAL_WINDOW_BYTES / 2;

/** A queue of channel 1, and what it does to its connection. */
class Setup {
  readonly context = new FakeContext();
  readonly outcome = new Outcome(this.context.binding);
  readonly window = new ReceiveWindow(this.context.binding, () => 0);
  readonly failures: unknown[] = [];
  readonly queue = new ReceiveQueue(
    this.context.binding,
    this.window,
    this.outcome,
    {
      callbackFailed: (error) => this.failures.push(error),
      reset: (error) => this.queue.end(error),
    },
  );

  /** Receives an item as the reader does. */
  put(item: unknown, cost = 10): void {
    this.queue.items.receive(cost);
    this.queue.put(item, cost);
  }

  /** The credit that was sent. */
  get credit(): (number | undefined)[] {
    return this.context.scheduler.frames.map(({ prefix }) => prefix);
  }
}

Deno.test("ReceiveQueue gives items in order, to receives that waited and to later ones", async () => {
  const it = new Setup();
  const waiting = [it.queue.receive(), it.queue.receive()];
  assertEquals(it.context.holds, 2);
  for (const item of [1, 2, 3, 4]) it.put(item);
  assertEquals(it.context.holds, 0);
  const later = [it.queue.receive(), it.queue.receive()];
  assertEquals(await Promise.all([...waiting, ...later]), [1, 2, 3, 4]);
});

Deno.test("ReceiveQueue gives credit when an item is received, not when it arrives", async () => {
  const it = new Setup();
  it.put("large", HALF);
  assertEquals([it.credit, it.queue.size], [[], 1]);
  await it.queue.receive();
  assertEquals([it.credit, it.queue.size], [[HALF], 0]);
});

Deno.test("ReceiveQueue gives credit for pieces while nothing finished waits before them", async () => {
  const it = new Setup();
  it.window.receive(HALF);
  it.queue.items.putPiece(HALF);
  assertEquals(it.credit, [HALF]);
  it.put("finished", 10);
  it.window.receive(HALF);
  it.queue.items.putPiece(HALF);
  assertEquals(it.credit, [HALF]);
  assertEquals(await it.queue.receive(), "finished");
  assertEquals(it.credit, [HALF, HALF + 10]);
});

Deno.test("ReceiveQueue.receive() throws the peer's error once, then that the channel is closed", async () => {
  const it = new Setup();
  const error = new RangeError("theirs");
  const waiting = it.queue.receive();
  it.outcome.end("was closed by the peer", error);
  it.queue.end(error);
  assertStrictEquals(await assertRejects(() => waiting), error);
  await assertRejects(() => it.queue.receive(), ChannelClosedError, "closed by the peer");
  assertEquals(it.context.holds, 0);
});

Deno.test("ReceiveQueue.receive() gives what is queued before the end", async () => {
  const it = new Setup();
  it.put(1);
  it.queue.end();
  assertEquals([it.queue.isAtEnd, await it.queue.receive(), it.queue.isAtEnd], [false, 1, true]);
  await assertRejects(() => it.queue.receive(), ChannelClosedError, "sends no more");
});

Deno.test("ReceiveQueue.next() ends in order, or with why this side has closed", async () => {
  const it = new Setup();
  it.put(undefined);
  it.queue.end();
  assertEquals(await it.queue.next(), { value: undefined, done: false });
  assertEquals(await it.queue.next(), { value: undefined, done: true });
  it.outcome.isCut = true;
  it.outcome.end(new ExecnetError("aborted"));
  await assertRejects(() => it.queue.next(), ExecnetError, "aborted");
});

Deno.test("ReceiveQueue.receive() gives up at its timeout and signal, and loses no item", async () => {
  const it = new Setup();
  const abort = new AbortController();
  const late = it.queue.receive({ timeout: 1 });
  const aborted = it.queue.receive({ signal: abort.signal });
  abort.abort(new RangeError("enough"));
  await assertRejects(() => aborted, RangeError, "enough");
  await assertRejects(() => late, TimeoutError, "channel 1 of gw0 within 1 ms");
  await assertRejects(() => it.queue.receive({ signal: abort.signal }), RangeError);
  it.put(1);
  assertEquals([await it.queue.receive(), it.context.holds], [1, 0]);
});

Deno.test("watch() calls once, at once where something is there", () => {
  const it = new Setup();
  let calls = 0;
  const stop = watch(it.queue, it.context.binding, () => calls++);
  assertEquals([calls, it.context.holds], [0, 1]);
  it.put(1);
  it.put(2);
  stop();
  assertEquals([calls, it.context.holds], [1, 0]);
  watch(it.queue, it.context.binding, () => calls++);
  assertEquals([calls, it.context.holds], [2, 0]);
});

Deno.test("watch() calls at the end, and never after it was stopped", () => {
  const it = new Setup();
  const calls: string[] = [];
  watch(it.queue, it.context.binding, () => calls.push("stopped"))();
  watch(it.queue, it.context.binding, () => calls.push("kept"));
  it.queue.end();
  assertEquals([calls, it.context.holds], [["kept"], 0]);
});

Deno.test("ReceiveQueue.sequence says which of two queues received first", () => {
  const [one, two] = [new Setup(), new Setup()];
  assertEquals(one.queue.sequence, undefined);
  two.put(1);
  one.put(1);
  two.queue.end();
  const [first = 0, second = 0] = [two.queue.sequence, one.queue.sequence];
  assertEquals(first < second, true);
  two.queue.receive();
  assertEquals((two.queue.sequence ?? 0) > second, true);
});

Deno.test("ReceiveQueue hands what is queued, and what arrives, to its consumer", async () => {
  const it = new Setup();
  const items: unknown[] = [];
  it.put(1);
  it.queue.setConsumer({
    kind: "callback",
    call: (item) => items.push(item),
    endMarker: { value: "end" },
  });
  assertEquals(it.context.holds, 1);
  it.put(2);
  it.queue.end();
  await it.queue.whenFinished;
  assertEquals([items, it.context.holds], [[1, 2, "end"], 0]);
});

Deno.test("ReceiveQueue holds the event loop for consumers that the user waits for alone", () => {
  const kinds = ["callback", "forward", "items", "bytes"] as const;
  const holds = kinds.map((kind) => {
    const it = new Setup();
    it.queue.setConsumer({ kind, call() {} });
    return it.context.holds;
  });
  assertEquals(holds, [1, 1, 0, 0]);
});

Deno.test("ReceiveQueue has one consumer, and none while a receive waits", async () => {
  const it = new Setup();
  const waiting = it.queue.receive();
  const consumer = { kind: "callback" as const, call() {} };
  assertThrows(() => it.queue.setConsumer(consumer), ExecnetError, "a receive or an iteration");
  it.put(1);
  await waiting;
  const stop = watch(it.queue, it.context.binding, () => {});
  assertThrows(() => it.queue.setConsumer(consumer), ExecnetError, "a receive or an iteration");
  stop();
  it.queue.setConsumer(consumer);
  assertThrows(() => it.queue.setConsumer(consumer), ExecnetError, "it has one");
  await assertRejects(() => it.queue.receive(), ExecnetError, "it has a callback");
  assertThrows(
    () => watch(it.queue, it.context.binding, () => {}),
    ExecnetError,
    "it has a callback",
  );
});

Deno.test("ReceiveQueue drops what is queued when its consumer throws, and gives no credit", async () => {
  const it = new Setup();
  const error = new RangeError("no");
  it.put(1);
  it.put(2, HALF);
  it.queue.setConsumer({
    kind: "callback",
    call() {
      throw error;
    },
  });
  await it.queue.whenFinished;
  assertEquals([it.failures, it.queue.size, it.credit], [[error], 0, []]);
});

Deno.test("ReceiveQueue.putView() copies bytes unless a consumer takes them now", async () => {
  const it = new Setup();
  const view = Uint8Array.of(1);
  const seen: unknown[] = [];
  const call = Promise.withResolvers<void>();
  it.queue.putView(view, 1);
  it.queue.setConsumer({
    kind: "bytes",
    call(item) {
      seen.push(item);
      if (seen.length === 2) return call.promise;
    },
  });
  it.queue.putView(view, 1);
  it.queue.putView(view, 1);
  call.resolve();
  while (seen.length < 3) await call.promise;
  assertEquals(seen, [view, view, view]);
  assertEquals(seen.map((item) => item === view), [false, true, false]);
});

Deno.test("ReceiveQueue says when nobody waits any more, as others may have what it could have had", async () => {
  const it = new Setup();
  let times = 0;
  it.context.window.resume = () => void times++;
  await assertRejects(() => it.queue.receive({ timeout: 0 }), TimeoutError);
  assertEquals([times, it.queue.isAwaited], [1, false]);
  const stop = watch(it.queue, it.context.binding, () => {});
  assertEquals([times, it.queue.isAwaited], [1, true]);
  stop();
  assertEquals([times, it.queue.isAwaited], [2, false]);
});

Deno.test("ReceiveQueue takes a consumer of bytes as waiting when that has reported all", () => {
  const it = new Setup();
  it.queue.setConsumer({ kind: "bytes", call: () => {} });
  assertEquals(it.queue.isAwaited, true);
  it.put(Uint8Array.of(1), 10);
  assertEquals(it.queue.isAwaited, false);
  it.queue.items.consumed(10);
  assertEquals(it.queue.isAwaited, true);
});

Deno.test("ReceiveQueue grants nothing on a channel that has ended, though the peer may say it is blocked", () => {
  const it = new Setup();
  it.queue.items.blocked(10);
  assertEquals(it.queue.items.wanted, 0); // it was granted at once
  it.queue.end();
  it.queue.items.blocked(10);
  it.queue.setConsumer({ kind: "items", call: () => {} });
  assertEquals([it.queue.items.wanted, it.context.windowSink.takeTypes()], [0, ["GRANT"]]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../errors.ts";
import { INITIAL_CONNECTION_WINDOW_BYTES } from "../protocol/constants.ts";
import { assert } from "../tests/support/assert.ts";
import { FakeSink } from "../tests/support/fake_context.ts";
import { ConnectionWindow, type WindowUser } from "./connection_window.ts";

const MIB = 1024 * 1024;

type Writable = { -readonly [Key in keyof WindowUser]: WindowUser[Key] };

/** A window of 4 MiB, with a reserve of 2 MiB, and what it sends. */
class Setup {
  readonly sink = new FakeSink();
  readonly window: ConnectionWindow;

  constructor(maxItemBytes = 100 * MIB) {
    this.window = new ConnectionWindow({ memoryBytes: 8 * MIB, maxItemBytes }, this.sink);
    this.window.open();
  }

  /** The peer uses all that it may send, on channels that nobody reads. */
  fill(): this {
    this.window.receive(this.window.allowance);
    this.sent;
    return this;
  }

  /** The peer says that it is blocked. */
  blocked(user: WindowUser, wanted: number): void {
    user.wanted = wanted;
    this.window.awaited(user);
  }

  /** Removes and returns the frames that were sent. */
  get sent(): string[] {
    return this.sink.frames.splice(0).map(({ type, channel, prefix }) =>
      `${type} ${channel} ${prefix}`
    );
  }
}

function user(id: number, changes: Partial<Writable> = {}): Writable {
  return { id, isAwaited: false, isEmpty: false, wanted: 0, ...changes };
}

Deno.test("ConnectionWindow tells its size first, as half of the memory", () => {
  assertEquals(new Setup().sent, [`WINDOW 0 ${4 * MIB - INITIAL_CONNECTION_WINDOW_BYTES}`]);
});

Deno.test("ConnectionWindow gives credit in steps, and smaller ones when little is left", () => {
  const it = new Setup();
  it.window.receive(MIB);
  it.window.free(MIB / 2 - 1);
  assertEquals(it.sent.length, 1);
  it.window.free(1);
  assertEquals(it.sent, [`WINDOW 0 ${MIB / 2}`]);
  it.window.receive(3 * MIB);
  it.window.free(64 * 1024);
  assertEquals(it.sent, [`WINDOW 0 ${64 * 1024}`]);
});

Deno.test("ConnectionWindow refuses a byte more than it allows", () => {
  const it = new Setup();
  it.window.receive(4 * MIB);
  assertThrows(() => it.window.receive(1), ProtocolError, "than the window of the connection");
});

Deno.test("ConnectionWindow grants to a channel that is blocked when somebody waits for it", () => {
  const it = new Setup().fill();
  const channel = user(7);
  it.blocked(channel, 1000);
  assertEquals(it.sent, []);
  it.window.awaited(Object.assign(channel, { isAwaited: true }));
  assertEquals([it.sent, channel.wanted], [["GRANT 7 1000"], 0]);
  it.window.receive(1000);
  // What was granted is made up for before any credit is given.
  it.window.free(1000);
  assertEquals([it.sent, it.window.allowance], [[], 0]);
});

Deno.test("ConnectionWindow grants small items to channels that have none, out of half the reserve", () => {
  const it = new Setup().fill();
  for (let id = 1; id <= 40; id++) it.blocked(user(id, { isEmpty: true }), 60_000);
  it.blocked(user(41, { isEmpty: true }), 200_000);
  const granted = it.sent.length;
  assert(granted > 15 && granted < 20, `${granted} grants`);
});

Deno.test("ConnectionWindow lets one item at a time pass the reserve", () => {
  const it = new Setup().fill();
  const [first, second] = [user(1, { isAwaited: true }), user(2, { isAwaited: true })];
  it.blocked(first, 5 * MIB);
  assertEquals(it.sent, [`GRANT 1 ${2 * MIB}`]);
  it.window.receive(2 * MIB);
  it.blocked(second, 5 * MIB);
  assertEquals(it.sent, []);
  it.blocked(first, 3 * MIB);
  assertEquals(it.sent, [`GRANT 1 ${2 * MIB}`]);
  it.window.receive(2 * MIB);
  first.isEmpty = true;
  it.window.free(4 * MIB); // the item was taken
  assertEquals(it.sent, [`GRANT 2 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow lets nothing else pass before the peer has used what it was granted", () => {
  const it = new Setup().fill();
  it.blocked(user(1, { isAwaited: true, isEmpty: true }), 5 * MIB);
  assertEquals(it.sent, [`GRANT 1 ${2 * MIB}`]);
  it.window.receive(1);
  it.blocked(user(2, { isAwaited: true, isEmpty: true }), 5 * MIB);
  assertEquals(it.sent, [`GRANT 2 ${2 * MIB}`]);
  it.blocked(user(3, { isAwaited: true, isEmpty: true }), 5 * MIB);
  assertEquals(it.sent, []);
  it.window.receive(2 * MIB);
  assertEquals(it.sent, [`GRANT 3 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow lets another item pass when nobody waits for the first any more", () => {
  const it = new Setup().fill();
  const first = user(1, { isAwaited: true });
  it.blocked(first, 5 * MIB);
  it.window.receive(2 * MIB);
  it.sent;
  it.blocked(user(2, { isAwaited: true }), 5 * MIB);
  assertEquals(it.sent, []);
  first.isAwaited = false;
  it.window.resume();
  assertEquals(it.sent, [`GRANT 2 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow lets another item pass when the channel of the first has ended", () => {
  const it = new Setup().fill();
  const first = user(1, { isAwaited: true });
  it.blocked(first, 5 * MIB);
  it.window.receive(2 * MIB);
  it.blocked(user(2, { isAwaited: true }), 5 * MIB);
  it.sent;
  it.window.forget(first);
  assertEquals(it.sent, [`GRANT 2 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow lets the next item pass while others still hold what was granted", () => {
  const it = new Setup().fill();
  const idle = user(1, { isAwaited: true });
  it.blocked(idle, 5 * MIB);
  it.window.receive(2 * MIB);
  idle.isEmpty = true;
  it.window.free(MIB); // another channel was read: some of it is made up for
  it.sent;
  it.blocked(user(2, { isAwaited: true }), 5 * MIB);
  assertEquals(it.sent, [`GRANT 2 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow lets no more pass than one item may have, whatever a peer says", () => {
  const it = new Setup(10 * MIB).fill();
  const channel = user(1, { isAwaited: true });
  for (let i = 0; i < 100; i++) {
    it.blocked(channel, 0xffff_ffff);
    if (it.window.allowance > 0) it.window.receive(it.window.allowance); // on other channels
  }
  assert(it.window.unread <= (4 + 2 + 10 + 2) * MIB, `${it.window.unread} bytes`);
  it.sent;
  it.window.free(8 * MIB);
  assertEquals(it.sent, [`GRANT 1 ${2 * MIB}`]);
});

Deno.test("ConnectionWindow gives a small item its grant while a large one passes", () => {
  const it = new Setup().fill();
  it.blocked(user(1, { isAwaited: true }), 5 * MIB);
  it.blocked(user(2, { isAwaited: true }), 5 * MIB);
  it.blocked(user(3, { isAwaited: true }), 10);
  assertEquals(it.sent, [`GRANT 1 ${2 * MIB}`, "GRANT 3 10"]);
});

Deno.test("ConnectionWindow grants nothing to a channel that has ended", () => {
  const it = new Setup().fill();
  const channel = user(1);
  it.blocked(channel, 10);
  it.window.forget(channel);
  it.window.awaited(Object.assign(channel, { isAwaited: true }));
  assertEquals(it.sent, []);
});

Deno.test("ConnectionWindow bounds what is kept decoded", () => {
  const { window } = new Setup();
  assertEquals([window.keepDecoded(MIB), window.keepDecoded(1)], [true, false]);
  window.freeDecoded(MIB);
  assertEquals(window.keepDecoded(1), true);
});

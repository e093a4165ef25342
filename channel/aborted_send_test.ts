/** What was aborted never arrives, and what is sent after it does. */

import { assertEquals, assertRejects } from "@std/assert";
import { INITIAL_WINDOW_BYTES } from "../protocol/constants.ts";
import { pair, plainChannel, quiet } from "../tests/support/peers.ts";

for (const kib of [2, 64, 700, 2_048]) {
  Deno.test(`a send() of ${kib} KiB that was aborted never arrives`, async () => {
    await using it = await pair();
    const [here, there] = await plainChannel(it);
    const sent: number[] = [];
    let aborted = 0;
    for (let n = 0; aborted < 3; n++) {
      const abort = new AbortController();
      const item = [n, new Uint8Array(kib * 1024)];
      const sending = here.send(item, { signal: abort.signal }).then(() => sent.push(n));
      await it.initiator.connection.requestStatus();
      if (sent.at(-1) === n) continue;
      await quiet(it); // nobody receives: it has been sent, or waits for the window
      if (sent.at(-1) === n) continue;
      abort.abort(new RangeError(`not ${n}`));
      await assertRejects(() => sending, RangeError, `not ${n}`);
      aborted++;
    }
    here.send([-1]);
    here.closeSend();
    const items = await Array.fromAsync(there) as [number, Uint8Array?][];
    assertEquals(items.map(([n]) => n), [...sent, -1]);
  });
}

Deno.test("the window of an item that was given up is given back", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  await here.send(new Uint8Array(INITIAL_WINDOW_BYTES / 2));
  for (let n = 0; n < 10; n++) {
    const abort = new AbortController();
    const sending = here.send(new Uint8Array(4 * INITIAL_WINDOW_BYTES), { signal: abort.signal });
    await quiet(it);
    abort.abort(new RangeError("enough"));
    await assertRejects(() => sending, RangeError);
    await quiet(it);
  }
  assertEquals(it.initiator.frames.filter((frame) => frame === `> DROP ${here.id}`).length, 10);
  const last = here.send(new Uint8Array(2 * INITIAL_WINDOW_BYTES));
  await there.receive();
  assertEquals((await there.receive() as Uint8Array).length, 2 * INITIAL_WINDOW_BYTES);
  await last;
});

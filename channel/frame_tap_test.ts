import { assertEquals } from "@std/assert";
import { pair, plainChannel, quiet } from "../tests/support/peers.ts";

Deno.test("FrameTap sees each frame of both directions, in order", async () => {
  await using it = await pair();
  const { initiator, remote, near, far } = it;
  const opening = ["> WINDOW 0", "< window 0"];
  const [sent, received] = [initiator, remote].map(({ frames }) =>
    frames.filter((frame) => !opening.includes(frame))
  );
  assertEquals(sent, ["> CODE 0", "> EXEC_KEPT 1", "> ITEM 1"]);
  assertEquals(received, ["< code 0", "< execKept 1", "< item 1"]);
  await near.send("over");
  near.closeSend();
  assertEquals(await Array.fromAsync(far), ["over"]);
  await far.send("back");
  await near.receive();
  assertEquals(initiator.frames.slice(5), ["> ITEM 1", "> END 1", "< item 1"]);
  assertEquals(remote.frames.slice(5), ["< item 1", "< end 1", "> ITEM 1"]);
});

Deno.test("FrameTap sees the parts of a large item, and the credit for it", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const start = it.initiator.frames.length;
  const sent = here.send(new Uint8Array(600_000));
  await there.receive();
  await sent;
  await quiet(it);
  const seen = it.initiator.frames.slice(start).filter((frame) => !/status/i.test(frame));
  const parts = seen.filter((frame) => frame === `> ITEM_PART ${here.id}`).length;
  assertEquals(seen[0], `> ITEM_START ${here.id}`);
  assertEquals(parts, Math.ceil(600_000 / (64 * 1024)) - 1);
  assertEquals(seen.at(-1), `< window ${here.id}`);
});

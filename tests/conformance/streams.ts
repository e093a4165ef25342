import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ChannelClosedError, RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** `readable` and `writable`. */
export function streamTests(behaves: Behaviour): void {
  behaves("Channel.readable yields the items and ends when the peer closes", async (gw) => {
    const channel = gw.remoteExec(`for (const word of ["a", "b"]) await channel.send(word);`);
    assertStrictEquals(channel.readable, channel.readable);
    assertEquals(await Array.fromAsync(channel.readable), ["a", "b"]);
  });

  behaves("Channel.readable fails with the peer's error after the items", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(1); throw new Error("torn")`);
    const reader = channel.readable.getReader();
    assertEquals(await reader.read(), { value: 1, done: false });
    await assertRejects(() => reader.read(), RemoteError, "torn");
  });

  behaves("Channel.readable of an execution that sends nothing is empty", async (gw) => {
    assertEquals(await Array.fromAsync(gw.remoteExec(`return`).readable), []);
  });

  behaves("cancelling Channel.readable closes the channel", async (gw) => {
    const channel = gw.remoteExec(`
      while (!channel.signal.aborted) await channel.send(new Uint8Array(1000));
    `);
    const reader = channel.readable.getReader();
    await reader.read();
    await reader.cancel();
    assertEquals(channel.closed, true);
    await channel.waitClose();
  });

  behaves("closing Channel.writable is closeSend()", async (gw) => {
    const channel = gw.remoteExec(`
      const all = await Array.fromAsync(channel);
      await channel.send(all);
    `);
    assertStrictEquals(channel.writable, channel.writable);
    await ReadableStream.from([1, 2, 3]).pipeTo(channel.writable as WritableStream<number>);
    assertEquals(channel.closed, false);
    assertEquals(await channel.receive(), [1, 2, 3]);
  });

  behaves("writing to Channel.writable after the end of the execution rejects", async (gw) => {
    const channel = gw.remoteExec(`return`);
    await channel.waitClose();
    const writer = channel.writable.getWriter();
    writer.closed.catch(() => {});
    await assertRejects(() => writer.write("hello"), ChannelClosedError);
  });

  behaves("aborting Channel.writable closes the channel with the reason", async (gw) => {
    const report = gw.newChannel();
    const channel = gw.remoteExec(
      `await Array.fromAsync(channel).catch((error) => args.send(error.message));`,
      report,
    );
    await channel.writable.abort(new Error("changed my mind"));
    assertEquals(await report.receive(), "changed my mind");
  });

  behaves(
    "a pipe that fails inside an execution fails it with the pipe's own error",
    async (gw) => {
      const full = `new WritableStream({ write() { throw new RangeError("disk full"); } })`;
      const torn =
        `ReadableStream.from(async function* () { yield 1; throw new RangeError("torn"); }())`;
      const toFull = gw.remoteExec(`await channel.readable.pipeTo(${full});`);
      await toFull.send(1);
      const fullError = await assertRejects(() => toFull.waitClose(), RemoteError, "disk full");
      assertEquals(fullError.name, "RangeError");
      const ofTorn = gw.remoteExec(`await ${torn}.pipeTo(channel.writable);`);
      assertEquals(await ofTorn.receive(), 1);
      const tornError = await assertRejects(() => ofTorn.receive(), RemoteError, "torn");
      assertEquals(tornError.name, "RangeError");
    },
  );

  behaves(
    "leaving an iteration over the readable of a running execution does not stop it",
    async (gw) => {
      const channel = gw.remoteExec(`
      for await (const item of channel.readable) { await channel.send(item); break; }
      await channel.send("after");
    `);
      await channel.send(1);
      assertEquals(await channel.receive(), 1);
      assertEquals(await channel.receive(), "after");
      await channel.waitClose();
    },
  );

  behaves("aborting the writable of a running execution fails it, after its items", async (gw) => {
    const channel = gw.remoteExec(`
      channel.send(1);
      await channel.writable.abort(new RangeError("no more"));
    `);
    assertEquals(await channel.receive(), 1);
    await assertRejects(() => channel.receive(), RemoteError, "no more");
    const silent = gw.remoteExec(`await channel.writable.abort();`);
    await assertRejects(() => silent.waitClose(), RemoteError, "its writable was aborted");
  });

  behaves("streams of both sides pipe through each other", async (gw) => {
    const channel = gw.remoteExec(`
      await channel.readable
        .pipeThrough(new TransformStream({
          transform: (text, controller) => controller.enqueue(text.toUpperCase()),
        }))
        .pipeTo(channel.writable);
    `);
    const words = ["one", "two", "three"];
    const sent = ReadableStream.from(words).pipeTo(channel.writable as WritableStream<string>);
    assertEquals(await Array.fromAsync(channel.readable), ["ONE", "TWO", "THREE"]);
    await sent;
    await channel.waitClose();
  });
}

import { assertEquals } from "@std/assert";
import { runCase } from "./run_case.ts";

/** An uploader gives up a chunk that takes too long, and sends it once more. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const counts = [];
  for (const bytes of [1_000, 70_000, 3_000_000]) {
    await using gw = await makeGateway();
    const start = gw.newChannel();
    const stored = gw.remoteExec(async (channel, start: any) => {
      await start.receive(); // the disk is slow
      for await (const { name } of channel as AsyncIterable<{ name: string }>) await channel.send(name);
    }, start);
    const sent: string[] = [];
    let givenUp = 0;
    for (let n = 0; givenUp < 2; n++) {
      const chunk = { name: \`chunk \${n}\`, bytes: new Uint8Array(bytes) };
      try {
        await stored.send(chunk, { signal: AbortSignal.timeout(100) });
        sent.push(chunk.name);
      } catch (error) {
        givenUp++;
        if (error.name !== "TimeoutError") throw error;
      }
    }
    await start.send("go");
    await stored.send({ name: "again" });
    stored.closeSend();
    const names = await Array.fromAsync(stored);
    counts.push(names.length - sent.length, names.at(-1), names.slice(0, -1).join() === sent.join());
  }
  console.log(JSON.stringify(counts));
`;

Deno.test("a chunk whose send() was aborted is not stored, and one sent again is stored once", async () => {
  const { stdout } = await runCase(PROGRAM);
  assertEquals(JSON.parse(stdout), Array(3).fill([1, "again", true]).flat());
});

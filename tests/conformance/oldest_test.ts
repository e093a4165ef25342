import { assertEquals } from "@std/assert";
import { Group } from "../../mod.ts";
import { OLDEST_DENO, oldestDeno } from "../support/hosts/oldest_deno.ts";
import { conformance } from "./suite.ts";

/** More than the capacity of a pipe, less than a window. */
const BYTES = 900_000;
/** The execution ends within this time if nothing delays it. */
const BUSY_MS = 700;

const deno = await oldestDeno();

conformance(
  `Deno ${OLDEST_DENO}`,
  () => new Group().makeGateway({ popen: true, deno }),
  { ignore: deno === undefined },
);

Deno.test({
  name:
    `Deno ${OLDEST_DENO} loses nothing of an isolated execution that ends while its initiator is busy`,
  ignore: deno === undefined,
  async fn() {
    await using group = new Group();
    const gw = await group.makeGateway({ popen: true, deno });
    const channel = gw.remoteExec(
      // At first the remote writes to files. Sockets of this Deno may report a write before it is
      // done.
      `await new Promise((resolve) => setTimeout(resolve, 600));
       await channel.send("ready");
       await channel.receive();
       await channel.send(new Uint8Array(args));`,
      BYTES,
      { isolate: true },
    );
    await channel.receive();
    await channel.send("go");
    await gw.remoteStatus(); // now the item is written
    for (const end = performance.now() + BUSY_MS; performance.now() < end;);
    assertEquals(await channel.receive(), new Uint8Array(BYTES));
    await channel.waitClose();
  },
});

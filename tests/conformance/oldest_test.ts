import { assertEquals } from "@std/assert";
import { Group } from "../../mod.ts";
import { OLDEST_DENO, oldestDeno } from "../support/hosts/oldest_deno.ts";
import { conformance } from "./suite.ts";

/** More than a pipe holds, less than a window. */
const BYTES = 900_000;
/** It ends within that, if nothing makes it wait. */
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
      // What is written sooner is written to files, which do not say that it is done before it is.
      `await new Promise((resolve) => setTimeout(resolve, 600));
       await channel.send("ready");
       await channel.receive();
       await channel.send(new Uint8Array(args));`,
      BYTES,
      { isolate: true },
    );
    await channel.receive();
    await channel.send("go");
    await gw.remoteStatus(); // so that it has left
    for (const end = performance.now() + BUSY_MS; performance.now() < end;);
    assertEquals(await channel.receive(), new Uint8Array(BYTES));
    await channel.waitClose();
  },
});

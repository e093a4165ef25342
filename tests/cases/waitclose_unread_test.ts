import { assertStringIncludes } from "@std/assert";
import { runCase } from "./run_case.ts";

Deno.test("waitClose() says that items are unread, where the execution waits for that", async () => {
  const { stdout } = await runCase(`
    import { makeGateway } from "@x/execnet";
    await using gw = await makeGateway();
    const channel = gw.remoteExec(\`for (let n = 0; n < 3000; n++) await channel.send("x".repeat(1000));\`);
    while (!(await gw.remoteStatus()).executing.length) ;
    console.log(await channel.waitClose({ timeout: 1_000 }).catch((error) => error.message));
    await channel.receive();
  `);
  assertStringIncludes(stdout, "did not close within 1000 ms");
  assertStringIncludes(stdout, "items wait to be received");
});

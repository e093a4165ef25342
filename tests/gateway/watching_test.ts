/** What `Gateway.closed` keeps alive. */
import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runScript } from "../support/processes.ts";

const FLAGS = ["--allow-run", "--allow-env"];

test("a script that watches Gateway.closed ends when it has nothing else to do", async () => {
  const { code, stdout } = await runScript(
    `const gw = await execnet.makeGateway();
     gw.closed.then(({ reason }) => console.log(reason));
     gw.remoteExec(\`await new Promise(() => {})\`);
     console.log(await gw.call((a: number) => a + 1, 1));`,
    FLAGS,
  );
  assertEquals([code, stdout], [0, "2\nexit\n"]);
});

test("a top-level await of Gateway.closed waits for the end of the gateway", async () => {
  const { code, stdout } = await runScript(
    `const gw = await execnet.makeGateway();
     gw.remoteExec(\`setTimeout(() => Deno.exit(3), 3_000)\`);
     console.log((await gw.closed).code);`,
    FLAGS,
  );
  assertEquals([code, stdout], [0, "3\n"]);
});

Deno.test("a read of Gateway.closed waits for an end that has begun", async () => {
  const { makeGateway } = await import("../../mod.ts");
  const gw = await makeGateway();
  gw.exit();
  assertEquals((await gw.closed).reason, "exit");
});

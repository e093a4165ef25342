/** Unstable features of Deno, as a spec and a deno.json name them. */
import { assertEquals, assertRejects } from "@std/assert";
import { Group, LaunchError } from "../../mod.ts";
import { test } from "../support/bounded.ts";

/** Which of two features there are. */
const features = () => ["openKv", "cron"].filter((name) => Reflect.has(Deno, name));

test("unstable= gives features to a gateway and its isolated executions", async () => {
  await using group = new Group();
  const gateway = await group.makeGateway("popen//unstable=kv,cron");
  assertEquals(await gateway.call(features), ["openKv", "cron"]);
  const isolated = gateway.remoteExec(
    `await channel.send(typeof Deno.openKv);`,
    undefined,
    { isolate: true },
  );
  assertEquals(await isolated.receive(), "function");
  const some = await group.makeGateway({ popen: true, unstable: ["cron"] });
  assertEquals(await some.call(features), ["cron"]);
  const none = await group.makeGateway("popen");
  assertEquals(await none.call(features), []);
});

test("unstable= passes through scripts and installed servers, and behind other gateways", async () => {
  const permissions = { run: ["/bin/sh"], net: ["127.0.0.1"] };
  await using group = await Group.open([{ popen: true, id: "middle", permissions }]);
  const specs = ["popen//via=middle", "command=env X=1", "tcp=0//installvia=middle//via=middle"];
  for (const spec of specs) {
    const gateway = await group.makeGateway(`${spec}//unstable=kv`);
    assertEquals(await gateway.call(features), ["openKv"], spec);
  }
});

test("a feature that Deno does not know is named", async () => {
  await using group = new Group();
  await assertRejects(
    () => group.makeGateway({ popen: true, unstable: "no-such-feature", output: "null" }),
    LaunchError,
    `its Deno has no unstable feature "no-such-feature"`,
  );
});

/** Unstable features of Deno, as a spec and a deno.json name them. */
import { assertEquals, assertRejects } from "@std/assert";
import { Group, LaunchError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { scratch } from "../support/files.ts";

const ROOT = new URL("../../", import.meta.url);

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

test("a gateway has the features of its initiator's deno.json, unless its spec names others", async () => {
  const imports = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))).imports;
  await using dir = await scratch({
    "deno.json": JSON.stringify({ imports, unstable: ["kv"] }),
    "src/main.ts": `import { makeGateway } from "${ROOT}mod.ts";
for (const spec of [{}, { unstable: "cron" }, { unstable: [] }]) {
  await using gw = await makeGateway({ popen: true, ...spec });
  console.log(await gw.call(() => ["openKv", "cron"].filter((name) => name in Deno).join()));
}`,
  });
  const run = async (...permissions: string[]) => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--no-prompt", ...permissions]
        .concat("--allow-run=/bin/sh", "--allow-env", dir.url("src/main.ts").href),
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout);
  };
  assertEquals(await run("--allow-read"), "openKv\ncron\n\n");
  // Without permission to read it, nobody is asked for that.
  assertEquals(await run(), "\ncron\n\n");
});

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runScript } from "../support/processes.ts";
import { Trees } from "../support/trees.ts";

const SYNC = JSON.stringify(new URL("../../sync.ts", import.meta.url).href);

test("this process needs read of what it pushes, and read and write of where it pulls to", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", "d/b": "2" });
  const spec = JSON.stringify(`popen//allow-read=${trees.there}//allow-write=${trees.there}`);
  const place = `{ gateway, path: ${JSON.stringify(trees.there)} }`;
  const start = (name: string) =>
    `import { ${name} } from ${SYNC};
     await using gateway = await execnet.makeGateway(${spec});`;
  const flags = ["--allow-run=/bin/sh", "--allow-env"];
  const pushed = await runScript(
    `${start("push")}
     console.log((await push(${JSON.stringify(trees.here)}, ${place}, { delete: true })).created);`,
    [...flags, `--allow-read=${trees.here}`],
  );
  assertEquals(pushed.stdout, "2\n", pushed.stderr);
  const copy = trees.path("copy");
  const pull = `${start("pull")}
     console.log((await pull(${place}, ${JSON.stringify(copy)}, { delete: true })).created);`;
  const pulled = await runScript(pull, [...flags, `--allow-read=${copy}`, `--allow-write=${copy}`]);
  assertEquals(pulled.stdout, "2\n", pulled.stderr);
  assertEquals(trees.read("copy"), trees.read("here"));
  await Deno.remove(`${copy}/a`);
  const denied = await runScript(pull, [...flags, `--allow-read=${copy}`]);
  assertEquals(
    /SyncError.*\n.*NOT_CAPABLE.*--allow-write/.test(denied.stderr),
    true,
    denied.stderr,
  );
});

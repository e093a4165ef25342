import { assertEquals, assertRejects } from "@std/assert";
import { push, SyncError } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { Trees } from "../support/trees.ts";

test("push to many walks the source once, and has a report for each target in order", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", "d/b": "2" });
  trees.write("there", { "two/a": "1" });
  const gateways = [await trees.gateway(), await trees.gateway(), await trees.gateway()];
  const names = ["one", "two", "three"];
  let asked = 0;
  const reports = await push(
    trees.here,
    gateways.map((gateway, i) => ({ gateway, path: `${trees.there}/${names[i]}` })),
    { filter: () => ++asked > 0 },
  );
  assertEquals(asked, 3);
  assertEquals(
    reports.map(({ target, created, unchanged }) => [target, created, unchanged]),
    gateways.map((
      { id },
      index,
    ) => [{ gateway: id, index }, index === 1 ? 1 : 2, index === 1 ? 1 : 0]),
  );
  for (const name of names) assertEquals(trees.read(`there/${name}`), trees.read("here"));
});

test("a gateway that is lost, or was before, fails its own report alone", async () => {
  await using trees = await Trees.make();
  const content = new Uint8Array(4_000_000);
  trees.write("here", { a: "1", content });
  const [good, gone, dying] = [await trees.gateway(), await trees.gateway(), await trees.gateway()];
  await gone.terminate();
  const targets = [good, gone, dying].map((gateway) => ({
    gateway,
    path: `${trees.there}/${gateway.id}`,
  }));
  let isKilled = false;
  const error: SyncError = await assertRejects(
    () =>
      push(trees.here, targets, {
        onChange() {
          if (isKilled) return;
          isKilled = true;
          Deno.kill(dying.remote.pid, "SIGKILL");
        },
      }),
    SyncError,
  );
  assertEquals(error.reports.map(({ errors }) => errors.map(({ code }) => code)), [
    [],
    ["GatewayClosedError"],
    ["GatewayClosedError"],
  ]);
  assertEquals(trees.read(`there/${good.id}`), trees.read("here"));
});

test("a target that stalls holds no other back, and gets all by a walk of its own", async () => {
  await using trees = await Trees.make();
  const files = Array.from({ length: 4_000 }, (_, i) => [`d${i % 20}/${"n".repeat(200)}${i}`, ""]);
  trees.write("here", Object.fromEntries(files));
  const [slow, quick] = [await trees.gateway(), await trees.gateway()];
  const target = (gateway: typeof slow) => ({ gateway, path: `${trees.there}/${gateway.id}` });
  Deno.kill(slow.remote.pid, "SIGSTOP");
  try {
    const changes: string[] = [];
    const both = push(trees.here, [target(slow), target(quick)], {
      dryRun: true,
      onProgress({ target: { gateway }, files }) {
        if (gateway !== quick.id || files < 4_000) return;
        changes.push("quick is done");
        Deno.kill(slow.remote.pid, "SIGCONT");
      },
    });
    const reports = await both;
    assertEquals(changes.length > 0, true);
    assertEquals(reports.map(({ created, errors }) => [created, errors]), [[4_000, []], [
      4_000,
      [],
    ]]);
  } finally {
    Deno.kill(slow.remote.pid, "SIGCONT");
  }
});

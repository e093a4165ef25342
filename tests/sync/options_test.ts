import { assertEquals, assertRejects } from "@std/assert";
import { makeGateway } from "../../mod.ts";
import { pull, push, type SyncChange, type SyncProgress, type SyncTarget } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { assert } from "../support/assert.ts";
import { Trees } from "../support/trees.ts";

test("push and pull refuse unknown options, and values of wrong types", async () => {
  await using gateway = await makeGateway();
  const target = { gateway, path: "/srv/x" };
  const wrong: [unknown, string][] = [
    [{ deletes: true }, `did you mean "delete"?`],
    [{ delete: "yes" }, "delete"],
    [{ delete: {} }, "delete"],
    [{ delete: { max: -1 } }, "delete"],
    [{ delete: { max: 1, min: 0 } }, "delete"],
    [{ exclude: "*.log" }, "exclude"],
    [{ include: [1] }, "include"],
    [{ filter: true }, "filter"],
    [{ links: "copy" }, "links"],
    [{ dryRun: 1 }, "dryRun"],
    [{ delta: true }, "delta"],
    [{ compress: "zstd" }, "compress"],
    [{ fsync: "yes" }, "fsync"],
    [{ atomic: true }, "atomic"],
    [{ onError: "ignore" }, "onError"],
    [{ signal: {} }, "signal"],
  ];
  for (const [options, word] of wrong) {
    await assertRejects(() => push(".", target, options as never), TypeError, word);
    await assertRejects(() => pull(target, ".", options as never), TypeError, word);
  }
  const places = [undefined, "path", { gateway }, { path: "x" }, { gateway, path: "" }];
  for (const place of places as SyncTarget[]) {
    await assertRejects(() => push(".", place), TypeError, "{ gateway, path }");
    await assertRejects(() => push(".", [place]), TypeError, "{ gateway, path }");
    await assertRejects(() => pull(place, "."), TypeError, "{ gateway, path }");
  }
  await assertRejects(() => push("", target), TypeError, "path");
  await assertRejects(() => push(new URL("https://x.test/"), target), TypeError, "https:");
  assertEquals(await push(".", []), []);
});

test("dryRun tells the changes of the real run, and changes nothing", async () => {
  await using trees = await Trees.make();
  trees.write("here", { new: "1", "d/changed": "22", "d/same": "3", "now/a/dir": "4" });
  trees.write("there", { "d/changed": "1", "d/same": "3", old: "5", now: "a file" });
  const before = trees.read("there");
  const target = { gateway: await trees.gateway(), path: trees.there };
  const run = async (dryRun: boolean) => {
    const changes: SyncChange[] = [];
    const options = {
      dryRun,
      delete: true,
      onChange: (each: SyncChange) => void changes.push(each),
    };
    const { created, updated, unchanged, deleted, directories, bytes } = await push(
      trees.here,
      target,
      options,
    );
    const paths = changes.map(({ kind, path }) => `${kind} ${path}`).sort();
    return { paths, counts: { created, updated, unchanged, deleted, directories }, bytes };
  };
  const dry = await run(true);
  assertEquals(trees.read("there"), before);
  assertEquals(dry.bytes.sent, 0);
  const real = await run(false);
  assertEquals([dry.paths, dry.counts], [real.paths, real.counts]);
  assertEquals(real.paths, ["create new", "create now/a/dir", "delete old", "update d/changed"]);
  const missing = { ...target, path: `${trees.there}/none` };
  assertEquals((await push(trees.here, missing, { dryRun: true })).created, 4);
  await assertRejects(() => Deno.lstat(missing.path), Deno.errors.NotFound);
});

test("checksum finds a change that size and time hide, also in a dry run", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "right", b: "same" });
  trees.write("there", { a: "wrong", b: "same" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  assertEquals((await push(trees.here, target)).unchanged, 2);
  const dry = await push(trees.here, target, { checksum: true, dryRun: true });
  assertEquals([dry.updated, dry.unchanged, trees.read("there").a], [1, 1, "wrong"]);
  const { updated, unchanged, bytes } = await push(trees.here, target, { checksum: true });
  assertEquals([updated, unchanged, bytes], [1, 1, { total: 9, sent: 5, saved: 4 }]);
  assertEquals(trees.read("there"), { a: "right", b: "same" });
});

test("onProgress ends with totals that are reached, on either way", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", "d/b": "22", c: new Uint8Array(300_000) });
  const gateway = await trees.gateway();
  const target = { gateway, path: trees.there };
  for (const way of ["push", "push again", "pull"]) {
    const seen: SyncProgress[] = [];
    const onProgress = (progress: SyncProgress) => void seen.push(progress);
    if (way === "pull") await pull(target, trees.path("outside"), { onProgress });
    else await push(trees.here, target, { onProgress });
    const { path: _, ...last } = seen.at(-1) ?? assert(false, way) as never;
    assertEquals(last, {
      target: { gateway: gateway.id, index: 0 },
      files: 3,
      filesTotal: 3,
      bytes: 300_003,
      bytesTotal: 300_003,
      scanning: false,
    });
  }
});

test("an error that a function of the user throws ends the sync with it", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const fail = () => {
    throw new RangeError("mine");
  };
  for (const option of ["filter", "onChange", "onProgress"]) {
    const options = { [option]: fail, onError: "report" } as const;
    await assertRejects(() => push(trees.here, target, options), RangeError, "mine");
    trees.write("there", { b: "1" });
    const copy = trees.path(`copy ${option}`);
    await assertRejects(() => pull(target, copy, options), RangeError, "mine");
  }
});

test("an abort rejects with its reason, before or within, and leaves no temporary", async () => {
  await using trees = await Trees.make();
  for (let i = 0; i < 300; i++) trees.write("here", { [`d${i % 7}/${i}`]: "x".repeat(5_000) });
  const gateway = await trees.gateway();
  const target = { gateway, path: trees.there };
  const early = AbortSignal.abort(new Error("too early"));
  await assertRejects(() => push(trees.here, target, { signal: early }), Error, "too early");
  const controller = new AbortController();
  const options = {
    signal: controller.signal,
    onChange: () => controller.abort(new Error("enough")),
  };
  await assertRejects(() => push(trees.here, target, options), Error, "enough");
  const names = Object.entries(trees.read("there"));
  assertEquals(names.filter(([path]) => path.includes(".execnet-")), []);
  for (const [path, text] of names) if (!path.endsWith("/")) assertEquals(text, "x".repeat(5_000));
  assertEquals((await push(trees.here, target)).errors, []);
  assertEquals(trees.read("there"), trees.read("here"));
  assertEquals((await gateway.remoteStatus()).executing, []);
});

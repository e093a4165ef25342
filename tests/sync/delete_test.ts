import { assertEquals } from "@std/assert";
import { push, type SyncChange } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { errorsOf, Trees } from "../support/trees.ts";

test("delete removes what only the target has, directories with all they hold, and is off by default", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  trees.write("there", { old: "2", "gone/deep/x": "3", "gone/empty/": "" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  assertEquals((await push(trees.here, target)).deleted, 0);
  const changes: SyncChange[] = [];
  const onChange = (change: SyncChange) => void changes.push(change);
  const dry = await push(trees.here, target, { delete: true, dryRun: true, onChange });
  assertEquals([dry.deleted, trees.read("there").old], [2, "2"]);
  const report = await push(trees.here, target, { delete: true, onChange });
  assertEquals([report.deleted, trees.read("there")], [2, { a: "1" }]);
  const deleted = [{ path: "gone/deep/x", kind: "delete" }, { path: "old", kind: "delete" }];
  assertEquals(changes, [...deleted, ...deleted]);
});

test("delete leaves what the rules keep out, and the directories that hold it", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", ".gitignore": "*.tmp\n", "sub/.gitignore": "/cache\n" });
  const kept = { "x.log": "", "d/y.log": "", "z.tmp": "", "sub/cache/c": "", ".git/config": "" };
  trees.write("there", { ...kept, "d/other": "", "e/only/this": "", "sub/gone": "" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  await push(trees.here, target, { delete: true, exclude: ["*.log"], gitignore: true });
  const files = Object.keys(trees.read("there")).filter((path) => !path.endsWith("/"));
  assertEquals(files.sort(), [".gitignore", "a", "sub/.gitignore", ...Object.keys(kept)].sort());
});

test("delete asks the filter about what only the target has", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  trees.write("there", { "mine/x": "", old: "", keep: "" });
  const asked: string[] = [];
  const report = await push(trees.here, { gateway: await trees.gateway(), path: trees.there }, {
    delete: true,
    filter({ path }) {
      asked.push(path);
      return path !== "mine" && path !== "keep";
    },
  });
  assertEquals([report.deleted, asked], [1, ["a", "keep", "mine", "old"]]);
  assertEquals(trees.read("there"), { a: "1", keep: "", "mine/": {}, "mine/x": "" });
});

test("delete removes nothing if that were more than max, and says how many", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  trees.write("there", { x: "", "d/y": "", "d/z": "" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const report = await push(trees.here, target, { delete: { max: 2 }, onError: "report" });
  assertEquals([report.created, report.deleted, report.errors.length], [1, 0, 1]);
  assertEquals(report.errors[0].message.match(/\d+/g), ["3", "2"]);
  assertEquals(Object.keys(trees.read("there")), ["a", "d/", "d/y", "d/z", "x"]);
  assertEquals((await push(trees.here, target, { delete: { max: 3 } })).deleted, 3);
});

test("delete does nothing when the source is empty", async () => {
  await using trees = await Trees.make();
  trees.write("there", { x: "1" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const errors = await errorsOf(() => push(trees.here, target, { delete: true }));
  assertEquals([errors, trees.read("there")], [[["", "EMPTY_SOURCE"]], { x: "1" }]);
  assertEquals((await push(trees.here, target)).errors, []);
});

test("delete removes a full directory where a file should be, and counts what it holds", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "now a file", b: "1" });
  trees.write("there", { "a/x": "", "a/deep/y": "" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const few = await push(trees.here, target, { delete: { max: 1 }, onError: "report" });
  assertEquals(few.errors.map(({ path, code }) => [path, code]), [
    ["", "MAX_DELETE"],
    ["a", "ENOTEMPTY"],
  ]);
  assertEquals(Object.keys(trees.read("there")), ["a/", "a/deep/", "a/deep/y", "a/x", "b"]);
  const report = await push(trees.here, target, { delete: { max: 2 } });
  assertEquals([report.deleted, report.updated], [2, 1]);
  assertEquals(trees.read("there"), { a: "now a file", b: "1" });
});

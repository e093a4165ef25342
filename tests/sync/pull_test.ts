import { assertEquals } from "@std/assert";
import { pull } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { attributesOf, errorsOf, Trees } from "../support/trees.ts";

test("pull makes a directory here the same, with modes and times", async () => {
  await using trees = await Trees.make();
  const large = new Uint8Array(700_000).map((_, i) => i % 13);
  trees.write("there", { "a.log": "one", "deep/b.log": "two", large, "empty/": "" });
  await Deno.chmod(`${trees.there}/a.log`, 0o640);
  trees.write("here", { old: "gone" });
  const gateway = await trees.start(`popen//allow-read=${trees.there}`);
  const report = await pull({ gateway, path: trees.there }, trees.here, { delete: true });
  assertEquals([report.created, report.deleted, report.directories], [3, 1, 2]);
  assertEquals([report.path, report.target], [trees.here, { gateway: gateway.id, index: 0 }]);
  assertEquals(trees.read("here"), trees.read("there"));
  assertEquals(attributesOf(trees.here), attributesOf(trees.there));
  const again = await pull({ gateway, path: trees.there }, new URL(`file://${trees.here}`));
  assertEquals([again.unchanged, again.bytes.sent], [3, 0]);
});

test("pull of a file needs the grant of that file there", async () => {
  await using trees = await Trees.make();
  trees.write("there", { "a.log": "one" });
  const path = `${trees.there}/a.log`;
  const gateway = await trees.start(`popen//allow-read=${path}`);
  await pull({ gateway, path }, `${trees.here}/copy.log`);
  assertEquals(trees.read("here"), { "copy.log": "one" });
});

test("pull reports what cannot be read there, and deletes nothing then", async () => {
  await using trees = await Trees.make();
  trees.write("there", { a: "1", secret: "2", "closed/x": "3" });
  trees.write("here", { old: "stays" });
  const gateway = await trees.start(
    `popen//allow-read=${trees.there}//deny-read=${trees.there}/secret,${trees.there}/closed`,
  );
  const from = { gateway, path: trees.there };
  assertEquals(await errorsOf(() => pull(from, trees.here, { delete: true })), [
    ["closed", "NOT_CAPABLE"],
    ["secret", "NOT_CAPABLE"],
  ]);
  assertEquals(trees.read("here"), { a: "1", old: "stays" });
});

test("pull says that a source is missing, and leaves the target alone", async () => {
  await using trees = await Trees.make();
  trees.write("here", { old: "stays" });
  const gateway = await trees.start(`popen//allow-read=${trees.there}`);
  const from = { gateway, path: `${trees.there}/none` };
  const report = await pull(from, trees.here, { delete: true, onError: "report" });
  assertEquals(report.errors.map(({ code }) => code), ["ENOENT"]);
  assertEquals(trees.read("here"), { old: "stays" });
});

test("pull applies a filter of this process to what the gateway has, and to what only is here", async () => {
  await using trees = await Trees.make();
  trees.write("there", { "a.log": "1", "b.txt": "2", "skip/c.log": "3", "d/e.log": "4" });
  trees.write("here", { "old.log": "5", "mine.txt": "6" });
  const gateway = await trees.start(`popen//allow-read=${trees.there}`);
  const seen: string[] = [];
  await pull({ gateway, path: trees.there }, trees.here, {
    delete: true,
    filter({ path, kind, mtime, size }) {
      seen.push(`${kind} ${path} ${kind === "file" ? size : 0} ${mtime instanceof Date}`);
      return path !== "skip" && !path.endsWith(".txt");
    },
  });
  assertEquals(trees.read("here"), { "a.log": "1", "d/": {}, "d/e.log": "4", "mine.txt": "6" });
  assertEquals(seen, [
    "file a.log 1 true",
    "file b.txt 1 true",
    "directory d 0 true",
    "directory skip 0 true",
    "file d/e.log 1 true",
    "file mine.txt 1 true",
    "file old.log 1 true",
  ]);
});

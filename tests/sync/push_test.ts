import { assert, assertEquals, assertRejects } from "@std/assert";
import { push, SyncError } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { testWith } from "../support/needs.ts";
import { attributesOf, errorsOf, LONG_AGO, Trees } from "../support/trees.ts";

test("push makes a directory the same, with empty directories, and then sends nothing more", async () => {
  await using trees = await Trees.make();
  const large = new Uint8Array(1_000_000).map((_, i) => i % 251);
  trees.write("here", { "a.txt": "one", "deep/er/b.txt": "two", "empty/": "", "large": large });
  const gateway = await trees.gateway();
  const first = await push(trees.here, { gateway, path: trees.there });
  assertEquals(trees.read("there"), trees.read("here"));
  const { seconds, ...counts } = first;
  assert(seconds > 0);
  assertEquals(counts, {
    target: { gateway: gateway.id, index: 0 },
    path: trees.there,
    created: 3,
    updated: 0,
    unchanged: 0,
    deleted: 0,
    directories: 3,
    bytes: { total: 1_000_006, sent: 1_000_006, saved: 0 },
    skipped: [],
    errors: [],
  });
  const second = await push(new URL(`file://${trees.here}/`), { gateway, path: trees.there });
  assertEquals([second.created, second.updated, second.unchanged, second.bytes], [0, 0, 3, {
    total: 1_000_006,
    sent: 0,
    saved: 1_000_006,
  }]);
});

test("push keeps modes and times, of directories too, and a mode alone is an update that sends nothing", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "run.sh": "#!/bin/sh\n", "d/secret": "s", "d/closed/x": "x" });
  await Deno.chmod(`${trees.here}/run.sh`, 0o755);
  await Deno.chmod(`${trees.here}/d/secret`, 0o600);
  await Deno.chmod(`${trees.here}/d/closed/x`, 0o444);
  await Deno.utime(`${trees.here}/d/closed`, LONG_AGO, LONG_AGO);
  await Deno.chmod(`${trees.here}/d/closed`, 0o555);
  await Deno.utime(`${trees.here}/d`, LONG_AGO, new Date(1_500_000_000_123));
  const gateway = await trees.gateway();
  await push(trees.here, { gateway, path: trees.there });
  assertEquals(attributesOf(trees.there), attributesOf(trees.here));
  await Deno.chmod(`${trees.here}/run.sh`, 0o700);
  trees.write("here", { "d/closed/x": "other" });
  const { updated, unchanged, bytes } = await push(trees.here, { gateway, path: trees.there });
  assertEquals([updated, unchanged, bytes.sent], [2, 1, 5]);
  assertEquals(attributesOf(trees.there), attributesOf(trees.here));
});

test("push takes hard names as they are", async () => {
  await using trees = await Trees.make();
  const names = [
    "-rf",
    "a b",
    " lead",
    "new\nline",
    "tab\t",
    "*",
    "quo'te\"",
    "ünï",
    "\u0001",
    "back\\slash",
  ];
  names.push("c:", "...", "$HOME", "😀");
  for (const name of names) trees.write("here", { [`${name}/${name}`]: name });
  const gateway = await trees.gateway();
  await push(trees.here, { gateway, path: trees.there }, { delete: true });
  assertEquals(trees.read("there"), trees.read("here"));
  const again = await push(trees.here, { gateway, path: trees.there }, { delete: true });
  assertEquals([again.unchanged, again.deleted], [names.length, 0]);
});

test("push makes the target with its parents, and reads relative paths from the gateway's directory", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "a": "1" });
  const deep = `${trees.there}/new/deeper`;
  await push(trees.here, { gateway: await trees.gateway("", deep), path: `${deep}//` });
  assertEquals(Deno.readTextFileSync(`${deep}/a`), "1");
  const gateway = await trees.start(
    `popen//chdir=${trees.there}//allow-read=rel//allow-write=rel`,
  );
  await push(trees.here, { gateway, path: "rel" });
  assertEquals(Deno.readTextFileSync(`${trees.there}/rel/a`), "1");
});

test("push of a file makes the file of that path, and leaves all beside it", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "a.txt": "new" });
  trees.write("there", { "b.txt": "older", "other": "stays" });
  const gateway = await trees.gateway();
  const target = { gateway, path: `${trees.there}/b.txt` };
  const report = await push(`${trees.here}/a.txt`, target, { delete: true });
  assertEquals([report.updated, report.deleted], [1, 0]);
  assertEquals(trees.read("there"), { "b.txt": "new", other: "stays" });
  const narrow = await trees.gateway("", target.path);
  trees.write("here", { "a.txt": "newer" });
  const error = await assertRejects(
    () => push(`${trees.here}/a.txt`, { gateway: narrow, path: target.path }),
    SyncError,
    `the directory around it`,
  );
  assertEquals(error.reports[0].errors[0].code, "NOT_CAPABLE");
});

test("push says which keys a gateway lacks, and which source is missing", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  const target = { gateway: await trees.start("popen"), path: trees.there };
  await assertRejects(
    () => push(trees.here, target),
    SyncError,
    `add allow-read=${trees.there}//allow-write=${trees.there}`,
  );
  const report = await push(`${trees.here}/none`, target, { onError: "report" });
  assertEquals(report.errors.map(({ code, path }) => [code, path]), [["ENOENT", ""]]);
});

test("push goes on after what fails, and tells it at the end", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", full: "file", z: "2" });
  trees.write("there", { "full/x": "in the way" });
  const gateway = await trees.gateway();
  const errors = await errorsOf(() => push(trees.here, { gateway, path: trees.there }));
  assertEquals(errors, [["full", "ENOTEMPTY"]]);
  assertEquals(trees.read("there"), { a: "1", "full/": {}, "full/x": "in the way", z: "2" });
});

test("push puts files in place of empty directories, and directories in place of files", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "was-dir": "now a file", "was-file/x": "1" });
  trees.write("there", { "was-dir/": "", "was-file": "old" });
  await push(trees.here, { gateway: await trees.gateway(), path: trees.there });
  assertEquals(trees.read("there"), trees.read("here"));
});

testWith(["mkfifo"], "push leaves FIFOs and sockets out, and says so", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  await new Deno.Command("mkfifo", { args: [`${trees.here}/pipe`] }).output();
  trees.write("there", { pipe: "a file" });
  const gateway = await trees.gateway();
  const report = await push(trees.here, { gateway, path: trees.there }, { delete: true });
  assertEquals(report.skipped.map(({ path }) => path), ["pipe"]);
  assertEquals(trees.read("there"), { a: "1", pipe: "a file" });
});

testWith(
  ["linux", "sh"],
  "push leaves names out that are not UTF-8, and never deletes them",
  async () => {
    await using trees = await Trees.make();
    trees.write("here", { a: "1" });
    for (const place of [trees.here, trees.there]) {
      await new Deno.Command("sh", {
        args: ["-c", `printf x > "$0/$(printf 'caf\\351')"`, place],
      }).output();
    }
    const gateway = await trees.gateway();
    const report = await push(trees.here, { gateway, path: trees.there }, { delete: true });
    assertEquals(report.skipped.map(({ reason }) => reason), [
      "its name is not UTF-8, which Deno cannot open",
    ]);
    assertEquals([report.deleted, Array.from(Deno.readDirSync(trees.there)).length], [0, 2]);
  },
);

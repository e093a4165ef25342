/** `execnet push` and `execnet pull`. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { barLines } from "../../cli/sync/bars.ts";
import { test } from "../support/bounded.ts";
import { execnet, startExecnet } from "../support/cli.ts";
import { Trees } from "../support/trees.ts";

const json = (text: string) => text.trimEnd().split("\n").map((line) => JSON.parse(line));

test("push copies a tree with just the grants of its place, and tells what it did in a table", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1", "d/b": "22", "c.log": "", "-x": "" });
  trees.write("there", { old: "", "kept.log": "" });
  const args = ["push", trees.here, "--to", trees.there, "--delete", "--exclude", "*.log"];
  const more = ["--exclude=-x", "-w", "popen//id=one", "-w", "popen//id=two", "-x", "two"];
  const listed = await execnet([...args, ...more, "--dry-run"]);
  assertEquals([listed.code, listed.stderr], [0, ""]);
  const [head, row] = listed.stdout.trimEnd().split("\n").slice(-2);
  assertEquals(listed.stdout.split("\n").slice(0, 3), ["create a", "create d/b", "delete old"]);
  assertMatch(head, /^ID +CREATED +UPDATED +UNCHANGED +DELETED +SENT +TOTAL +TIME$/);
  assertMatch(row, /^one +2 +0 +0 +1 +/);
  assertEquals(trees.read("there"), { old: "", "kept.log": "" });
  const [pushed] = json((await execnet([...args, ...more, "--json"])).stdout);
  assertEquals([pushed.gateway, pushed.end, pushed.created, pushed.deleted], ["one", "ok", 2, 1]);
  assertEquals(trees.read("there"), { a: "1", "d/": {}, "d/b": "22", "kept.log": "" });
  const again = await execnet([...args, ...more]);
  assertMatch(again.stdout, /\none +0 +0 +2 +0 +0 B +3 B +\d+\.\d s\n$/);
});

test("push of a file makes the file, or puts it into a path with a slash at its end", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "conf.json": "{}" });
  const source = `${trees.here}/conf.json`;
  const results = await Promise.all([
    execnet(["push", source, "--to", `${trees.there}/other.json`]),
    execnet(["push", source, "--to", `${trees.there}/`]),
    execnet([
      "push",
      source,
      "-w",
      `popen//chdir=${trees.path("outside")}`,
      "--to",
      "relative.json",
    ]),
  ]);
  for (const { code, stderr } of results) assertEquals([code, stderr], [0, ""]);
  assertEquals(trees.read("there"), { "conf.json": "{}", "other.json": "{}" });
  assertEquals(trees.read("outside"), { "relative.json": "{}" });
});

test("pull from several targets makes a directory for each, and one for a file, too", async () => {
  await using trees = await Trees.make();
  trees.write("there", { "a.log": "1", "d/b.log": "2" });
  const two = ["-w", "popen//id=a", "-w", "popen//id=b/c"];
  const [tree, file, one, into, dry] = await Promise.all([
    execnet(["pull", trees.there, ...two, "--to", trees.path("tree")]),
    execnet(["pull", `${trees.there}/a.log`, ...two, "--to", trees.path("file")]),
    execnet(["pull", `${trees.there}/a.log`, "--to", trees.path("one")]),
    execnet(["pull", `${trees.there}/a.log`, "--to", trees.here]),
    execnet(["pull", trees.there, ...two, "--to", trees.path("dry"), "--dry-run", "--json"]),
  ]);
  for (const { code, stderr } of [tree, file, one, into, dry]) {
    assertEquals([code, stderr], [0, ""]);
  }
  const each = { "a.log": "1", "d/": {}, "d/b.log": "2" };
  assertEquals([trees.read("tree/a"), trees.read("tree/b%2Fc")], [each, each]);
  assertEquals(trees.read("file/a"), { "a.log": "1" });
  assertEquals(Deno.readTextFileSync(trees.path("one")), "1");
  assertEquals(trees.read("here"), { "a.log": "1" });
  const changes = json(dry.stdout).filter(({ gateway, kind }) => gateway === "a" && kind);
  assertEquals(changes[0], { gateway: "a", kind: "create", path: "a.log" });
  assertEquals(json(dry.stdout).filter(({ end }) => end === "ok").length, 2);
});

test("what fails is told by entry and target, and by the exit status", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  Deno.symlinkSync("a", `${trees.here}/link`);
  const to = ["--to", trees.there];
  const [link, granted, lost, none, usage, missing] = await Promise.all([
    execnet(["push", trees.here, ...to]),
    execnet(["push", trees.here, "--to", trees.path("linked"), "--allow-read", "--allow-write"]),
    execnet(["pull", "/no/such", "--to", trees.path("x"), "-w", "popen", "-w", "popen//deno=/no"]),
    execnet(["push", trees.here, ...to, "-w", "popen//deno=/no/deno"]),
    execnet(["push", trees.here]),
    execnet(["push", trees.path("none"), ...to]),
  ]);
  assertEquals([link, lost, none, usage, missing].map(({ code }) => code), [1, 3, 3, 2, 2]);
  assertEquals([granted.code, granted.stderr], [0, ""]);
  assertMatch(link.stderr, /^GATEWAY .*\ngw0 +failed +- +link "link": NOT_CAPABLE: .*allow-read/);
  assertStringIncludes(lost.stderr, "the root: ENOENT");
  assertStringIncludes(usage.stderr, "execnet push SOURCE --to PATH: --to is missing");
  assertStringIncludes(missing.stderr, "push cannot read");
});

test("Ctrl-C during a pull is status 130, and leaves no temporary behind", async () => {
  await using trees = await Trees.make();
  await Deno.mkdir(trees.path("big"));
  for (let n = 0; n < 2_000; n++) Deno.writeTextFileSync(trees.path(`big/${n}`), `${n}`);
  const to = trees.path("copy");
  await using program = startExecnet(["pull", trees.path("big"), "--to", to]);
  const watcher = Deno.watchFs(trees.path("."));
  for await (const { paths } of watcher) if (paths.some((path) => path.includes("/copy/"))) break;
  program.kill("SIGINT");
  assertEquals((await program.result()).code, 130);
  const left = Array.from(Deno.readDirSync(to), ({ name }) => name);
  assertEquals(left.filter((name) => !/^\d+$/.test(name)), []);
});

Deno.test("bars show how far targets are, as many as there is room for", () => {
  const at = (files: number, bytes: number, scanning = false) => ({
    target: { gateway: "", index: 0 },
    files,
    filesTotal: 4,
    bytes,
    bytesTotal: 4096,
    scanning,
    path: "",
  });
  const progress = new Map([["a", at(4, 4096)], ["bb", at(1, 1024, true)], ["c", at(0, 0)]]);
  assertEquals(barLines(["a", "bb", "c", "d"], progress, 80, 9), [
    `a  [${"#".repeat(24)}] 100% 4/4 files, 4.0 KiB/4.0 KiB`,
    `bb [${"#".repeat(6)}${"-".repeat(18)}]  25% 1/4+ files, 1.0 KiB/4.0 KiB+`,
    `c  [${"-".repeat(24)}]   0% 0/4 files, 0 B/4.0 KiB`,
  ]);
  assertEquals(barLines(["a", "bb", "c"], progress, 6, 2), ["bb [##", "and 2 "]);
});

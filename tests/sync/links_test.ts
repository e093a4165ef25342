import { assertEquals, assertMatch } from "@std/assert";
import { pull, push } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { errorsOf, Trees } from "../support/trees.ts";

function plant(trees: Trees): void {
  trees.write("here", { "d/file": "1" });
  for (const [name, text] of [["in", "d/file"], ["out", "/etc/hosts"], ["broken", "no\nwhere"]]) {
    Deno.symlinkSync(text, `${trees.here}/${name}`);
  }
  Deno.symlinkSync("../d", `${trees.here}/d/up`);
}

test("links keep their texts where the gateway may make links, and are then unchanged", async () => {
  await using trees = await Trees.make();
  plant(trees);
  trees.write("there", { in: "a file", "broken/": "" });
  const gateway = await trees.start("popen//allow-read//allow-write");
  const first = await push(trees.here, { gateway, path: trees.there });
  assertEquals([first.created, first.updated], [3, 2]);
  assertEquals(trees.read("there"), trees.read("here"));
  const narrow = await trees.gateway();
  const again = await push(trees.here, { gateway: narrow, path: trees.there });
  assertEquals([again.unchanged, again.errors], [5, []]);
});

test("links that cannot be made are one error, which names the key to grant", async () => {
  await using trees = await Trees.make();
  plant(trees);
  const gateway = await trees.gateway();
  const report = await push(trees.here, { gateway, path: trees.there }, { onError: "report" });
  assertEquals(report.errors.map(({ operation, code }) => [operation, code]), [
    ["link", "NOT_CAPABLE"],
  ]);
  assertMatch(report.errors[0].message, /3 more links.*allow-read\/\/allow-write/);
  assertEquals(trees.read("there"), { "d/": {}, "d/file": "1" });
});

test("links are left out by skip, and neither sent nor deleted", async () => {
  await using trees = await Trees.make();
  plant(trees);
  trees.write("there", { in: "stays" });
  Deno.symlinkSync("x", `${trees.there}/mine`);
  const gateway = await trees.gateway();
  const options = { links: "skip", delete: true } as const;
  const report = await push(trees.here, { gateway, path: trees.there }, options);
  assertEquals(report.skipped.map(({ path }) => path), ["broken", "in", "out", "d/up"]);
  assertEquals(trees.read("there"), {
    "d/": {},
    "d/file": "1",
    in: "stays",
    mine: { link: "x" },
  });
});

test("links are followed by follow; one that leads nowhere is an error, and a loop ends", async () => {
  await using trees = await Trees.make();
  plant(trees);
  Deno.removeSync(`${trees.here}/out`);
  const gateway = await trees.gateway();
  const target = { gateway, path: trees.there };
  const errors = await errorsOf(() => push(trees.here, target, { links: "follow" }));
  assertEquals(errors, [["broken", "ENOENT"]]);
  assertEquals(trees.read("there"), { "d/": {}, "d/file": "1", "d/up/": {}, in: "1" });
});

test("a link as the root of either side is followed: the user named it", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  Deno.symlinkSync("here", trees.path("from"));
  Deno.symlinkSync("there", trees.path("to"));
  const gateway = await trees.gateway("", trees.path("to"));
  await push(trees.path("from"), { gateway, path: trees.path("to") }, { delete: true });
  assertEquals(trees.read("there"), { a: "1" });
  await pull({ gateway, path: trees.path("to") }, trees.path("outside"));
  assertEquals(trees.read("outside"), { a: "1" });
});

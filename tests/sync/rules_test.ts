import { assertEquals } from "@std/assert";
import { push, type SyncOptions } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { type Files, Trees } from "../support/trees.ts";

async function pushed(files: Files, options: SyncOptions): Promise<string[]> {
  await using trees = await Trees.make();
  trees.write("here", files);
  const gateway = await trees.gateway();
  await push(trees.here, { gateway, path: trees.there }, { delete: true, ...options });
  return Object.keys(trees.read("there"));
}

const TREE = { "a.ts": "", "b.log": "", "d/c.ts": "", "d/e.log": "", "only/f.log": "", "é/": "" };

test("include restricts to what matches, with the directories that this needs", async () => {
  assertEquals(await pushed(TREE, { include: ["*.ts"] }), ["a.ts", "d/", "d/c.ts"]);
  assertEquals(await pushed(TREE, { include: ["/d/"] }), ["d/", "d/c.ts", "d/e.log"]);
});

test("exclude takes away from what include has, and is read last", async () => {
  assertEquals(await pushed(TREE, { include: ["d"], exclude: ["*.log"] }), ["d/", "d/c.ts"]);
  assertEquals(await pushed(TREE, { exclude: ["*.log", "!e.log", "only", "é"] }), [
    "a.ts",
    "d/",
    "d/c.ts",
    "d/e.log",
  ]);
});

test("gitignore files count at each level, exclude may bring back, and .git stays out", async () => {
  const files = {
    ".gitignore": "*.log\nbuild/\n",
    ".git/HEAD": "",
    "x.log": "",
    "build/out": "",
    "src/.gitignore": "!keep.log\n/local\n# a comment\n",
    "src/keep.log": "",
    "src/other.log": "",
    "src/local": "",
    "src/deep/local": "",
    "src/deep/keep.log": "",
    "[odd]*/.gitignore": "secret\n",
    "[odd]*/secret": "",
    "o/secret": "",
  };
  const of = async (options: SyncOptions) =>
    (await pushed(files, options)).filter((path) => !/\/$|gitignore/.test(path));
  assertEquals(await of({ gitignore: true }), [
    "o/secret",
    "src/deep/keep.log",
    "src/deep/local",
    "src/keep.log",
  ]);
  assertEquals(await of({ gitignore: true, exclude: ["!build", "src", "o"] }), ["build/out"]);
  assertEquals((await of({})).length, 10);
});

test("filter sees kinds, sizes and times of all but the root, after the patterns", async () => {
  const seen: unknown[] = [];
  const paths = await pushed({ "a.ts": "12", "d/b.ts": "", "x/y": "" }, {
    exclude: ["x"],
    filter(entry) {
      seen.push([entry.path, entry.kind, entry.size]);
      return entry.path !== "d";
    },
  });
  assertEquals(paths, ["a.ts"]);
  assertEquals(seen, [["a.ts", "file", 2], ["d", "directory", 0]]);
});

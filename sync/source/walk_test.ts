import { assertEquals, assertRejects } from "@std/assert";
import { settingsOf } from "../options.ts";
import { Rules } from "../rules/rules.ts";
import { childOf } from "../wire/path.ts";
import { Feed } from "./feed.ts";
import type { Batch } from "./scan.ts";
import { type Position, positionOf, walk } from "./walk.ts";

async function treeWith(files: readonly string[]): Promise<AsyncDisposable & { root: string }> {
  const root = await Deno.makeTempDir();
  for (const file of files) {
    Deno.mkdirSync(`${root}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${root}/${file}`, "");
  }
  const remove = () => Deno.remove(root, { recursive: true });
  return { root, [Symbol.asyncDispose]: remove };
}

function walkOf(root: string, from?: Position): AsyncGenerator<Batch> {
  const options = { root, links: "keep", accepts: undefined } as const;
  return walk(options, Rules.of(settingsOf({ gitignore: true })), from);
}

const pathsOf = ({ directory, names }: Batch) => names.map((name) => childOf(directory, name));

const FILES = [
  "a/b/c/1",
  "a/b/c/2",
  "a/b/3",
  "a/z",
  "b",
  "c/.gitignore",
  "c/d/4",
  "c/d/5",
  "c/e/6",
];

Deno.test("a walk that goes on where another stopped tells exactly the rest", async () => {
  await using tree = await treeWith(FILES);
  Deno.writeTextFileSync(`${tree.root}/c/.gitignore`, "5\n");
  const all = await Array.fromAsync(walkOf(tree.root));
  assertEquals(all.flatMap(pathsOf), [
    ...["a", "b", "c", "a/b", "a/z", "a/b/3", "a/b/c", "a/b/c/1", "a/b/c/2"],
    ...["c/.gitignore", "c/d", "c/e", "c/d/4", "c/e/6"],
  ]);
  for (const [i, batch] of all.entries()) {
    const rest = await Array.fromAsync(walkOf(tree.root, positionOf(batch)));
    assertEquals(rest.flatMap(pathsOf), all.slice(i + 1).flatMap(pathsOf));
    const within = { directory: batch.directory, after: batch.names[0] };
    const after = (await Array.fromAsync(walkOf(tree.root, within))).flatMap(pathsOf);
    assertEquals(after, [...pathsOf(batch).slice(1), ...all.slice(i + 1).flatMap(pathsOf)]);
  }
});

Deno.test("a walk goes on behind a directory that has disappeared", async () => {
  await using tree = await treeWith(FILES);
  const from = { directory: "a/b/c", after: "1" };
  Deno.removeSync(`${tree.root}/a`, { recursive: true });
  const rest = await Array.fromAsync(walkOf(tree.root, from));
  assertEquals(rest.flatMap(pathsOf)[0], "c/.gitignore");
});

Deno.test("a feed gives all to each, also to one that falls behind, and holds little for it", async () => {
  await using tree = await treeWith(
    Array.from({ length: 6_000 }, (_, i) => `${"d".repeat(100)}${i % 10}/${"n".repeat(100)}${i}`),
  );
  let walks = 0;
  const feed = new Feed((from) => {
    walks++;
    return walkOf(tree.root, from);
  });
  const [quick, slow] = [feed.follow(), feed.follow()];
  const all = (await Array.fromAsync(quick)).flatMap(pathsOf);
  const [first, ...rest] = (await Array.fromAsync(slow)).flatMap(pathsOf);
  assertEquals([all.length, walks], [6_010, 2]);
  assertEquals([first, ...rest], all);
});

Deno.test("a feed whose walk fails has failed for all", async () => {
  const feed = new Feed(() => ({ next: () => Promise.reject(new RangeError("mine")) }));
  const followers = [feed.follow(), feed.follow()];
  for (const each of followers) await assertRejects(() => each.next(), RangeError, "mine");
});

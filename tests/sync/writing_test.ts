import { assert, assertEquals } from "@std/assert";
import { pull, push } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { attributesOf, Trees } from "../support/trees.ts";

test("atomic: tree puts all in place at the end, also what is in the way of directories", async () => {
  await using trees = await Trees.make();
  const large = new Uint8Array(8_000_000);
  trees.write("here", { a: "new", "d/b": "new", blocked: "new", "z/large": large });
  trees.write("there", { a: "older", "d/b": "older", "blocked/x": "", old: "" });
  Deno.symlinkSync("a", `${trees.here}/link`);
  const gateway = await trees.start("popen//allow-read//allow-write");
  const seen: string[] = [];
  let atFirst: unknown;
  const report = await push(trees.here, { gateway, path: trees.there }, {
    atomic: "tree",
    delete: true,
    onChange({ path }) {
      seen.push(path);
    },
    onProgress({ bytes, bytesTotal }) {
      if (bytes < bytesTotal) atFirst ??= trees.read("there").a;
    },
  });
  assert(atFirst === undefined || atFirst === "older");
  assertEquals(seen.sort(), ["a", "blocked", "blocked/x", "d/b", "link", "old", "z/large"]);
  assertEquals([report.created, report.updated, report.deleted], [2, 3, 2]);
  assertEquals(attributesOf(trees.there), attributesOf(trees.here));
});

test("an abort with atomic: tree leaves the target as it was", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "new", "large": new Uint8Array(50_000_000) });
  trees.write("there", { a: "older" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const controller = new AbortController();
  const pushing = push(trees.here, target, { atomic: "tree", signal: controller.signal });
  pushing.catch(() => {});
  const temporaries = () => Object.keys(trees.read("there")).filter((path) => path !== "a");
  while (temporaries().length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  controller.abort(new Error("enough"));
  assertEquals(await pushing.catch(({ message }) => message), "enough");
  assertEquals(trees.read("there"), { a: "older" });
});

test("fsync and compress change nothing of what arrives", async () => {
  await using trees = await Trees.make();
  const random = crypto.getRandomValues(new Uint8Array(60_000));
  const text = new TextEncoder().encode("the same again and again\n".repeat(40_000));
  trees.write("here", {
    small: "1",
    text,
    random,
    "d/large": new Uint8Array([...text, ...random]),
  });
  const target = { gateway: await trees.gateway(), path: trees.there };
  const { bytes } = await push(trees.here, target, { compress: true, fsync: true });
  assertEquals([bytes.sent, bytes.saved], [bytes.total, 0], "sent is told before compression");
  assertEquals(attributesOf(trees.there), attributesOf(trees.here));
  await pull(target, trees.path("outside"), { compress: true, fsync: true });
  for (const name of ["small", "text", "random", "d/large"]) {
    const arrived = Deno.readFileSync(`${trees.path("outside")}/${name}`);
    assertEquals(arrived, Deno.readFileSync(`${trees.here}/${name}`));
  }
});

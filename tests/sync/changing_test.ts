import { assert, assertEquals } from "@std/assert";
import { lookAt, readChunks, readSmall } from "../../sync/source/content.ts";
import { pull, push } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { errorsOf, Trees } from "../support/trees.ts";

test("a file that changes each time it is read is an error, and the target keeps what it has", async () => {
  await using trees = await Trees.make();
  trees.write("here", { steady: "1", large: new Uint8Array(500_000) });
  trees.write("there", { large: "as it was" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  using file = await Deno.open(`${trees.here}/large`, { write: true });
  let isOn = true;
  const writing = (async () => {
    for (let byte = 0; isOn; byte++) {
      file.writeSync(new Uint8Array([byte & 255]));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  const errors = await errorsOf(() => push(trees.here, target, { delete: true }));
  isOn = false;
  await writing;
  assertEquals(errors, [["large", "CHANGED"]]);
  assertEquals(trees.read("there"), { large: "as it was", steady: "1" });
});

test("a small file that is replaced while it is read is read again", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "old text" });
  const file = `${trees.here}/a`;
  const reading = readSmall("a", file, "keep");
  Deno.writeTextFileSync(file, "new");
  const read = await reading;
  assertEquals(new TextDecoder().decode(read?.bytes), "new");
  assertEquals(read?.entry.size, 3);
});

test("a large file that grows while it is read is not whole", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: new Uint8Array(600_000) });
  const file = `${trees.here}/a`;
  const chunks = readChunks(file, "keep", lookAt(file, "keep"));
  let size = 0;
  let next = await chunks.next();
  Deno.writeTextFileSync(file, "more", { append: true });
  for (; !next.done; next = await chunks.next()) size += next.value.length;
  assertEquals([size, next.value], [600_000, false]);
});

test("a file that disappears before it is sent is an error of that file", async () => {
  await using trees = await Trees.make();
  trees.write("there", { a: "1", b: "2", c: "3" });
  const gateway = await trees.gateway();
  let isFirst = true;
  const errors = await errorsOf(() =>
    pull({ gateway, path: trees.there }, trees.here, {
      filter() {
        if (isFirst) Deno.removeSync(`${trees.there}/b`);
        isFirst = false;
        return true;
      },
    })
  );
  assertEquals(errors, [["b", "ENOENT"]]);
  assert("c" in trees.read("here"));
});

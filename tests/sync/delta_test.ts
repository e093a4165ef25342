import { assert, assertEquals } from "@std/assert";
import { pull, push } from "../../sync.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { attributesOf, Trees } from "../support/trees.ts";

const OLD = crypto.getRandomValues(new Uint8Array(60_000));
const LARGE = new Uint8Array(1_200_000).map((_, i) => OLD[i % 60_000] ^ (i / 60_000));

function changedOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(bytes.length + 3);
  changed.set(bytes);
  changed[bytes.length / 2] ^= 1;
  return changed;
}

test("delta sends only what differs, on either way, with and without compression", async () => {
  await using trees = await Trees.make();
  trees.write("there", { large: LARGE, "d/tiny": "before", cut: LARGE, became: LARGE });
  trees.write("here", {
    large: changedOf(LARGE),
    "d/tiny": "after!!",
    cut: LARGE.slice(0, 900_001),
  });
  trees.write("here", { became: "small" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  for (const compress of [true, false]) {
    const { updated, bytes } = await push(trees.here, target, { delta: "always", compress });
    assertEquals(updated, 4);
    assert(bytes.sent < 20_000 && bytes.saved === bytes.total - bytes.sent, `${bytes.sent} sent`);
    assertEquals(Deno.readFileSync(`${trees.there}/large`), changedOf(LARGE));
    assertEquals(attributesOf(trees.there), attributesOf(trees.here));
    trees.write("there", { large: LARGE, "d/tiny": "before", cut: LARGE, became: LARGE });
  }
  const { bytes } = await pull(target, trees.here, { delta: "always" });
  assert(bytes.sent < 20_000 + 1_200_000 + 300_000, "what was small, and what was cut");
  assertEquals(attributesOf(trees.here), attributesOf(trees.there));
  assertEquals(Deno.readFileSync(`${trees.here}/large`), LARGE);
});

test("delta is off for local gateways by default, and by never", async () => {
  await using trees = await Trees.make();
  trees.write("there", { large: LARGE });
  trees.write("here", { large: changedOf(LARGE) });
  const target = { gateway: await trees.gateway(), path: trees.there };
  assertEquals((await push(trees.here, target)).bytes.sent, 1_200_003);
  trees.write("there", { large: LARGE });
  assertEquals((await push(trees.here, target, { delta: "never" })).bytes.sent, 1_200_003);
});

test("a file of which the old version changes meanwhile is sent once more, whole", async () => {
  await using trees = await Trees.make();
  const large = new Uint8Array(30_000_000);
  trees.write("there", { large });
  trees.write("here", { large: changedOf(large) });
  const from = { gateway: await trees.gateway(), path: trees.there };
  // What is here is the old version of a pull: it changes as soon as its sums are sent.
  const pulling = pull(from, trees.here, { delta: "always" });
  await until(
    "a temporary",
    () => Array.from(Deno.readDirSync(trees.here)).some(({ name }) => name.startsWith(".execnet-")),
  );
  using old = await Deno.open(`${trees.here}/large`, { write: true });
  for (let at = 0; at < 30_000_000; at += 1_000) {
    old.seekSync(at, Deno.SeekMode.Start);
    old.writeSync(Uint8Array.of(7));
  }
  const { errors, updated } = await pulling;
  assertEquals([errors, updated], [[], 1]);
  assertEquals(Deno.readFileSync(`${trees.here}/large`).every((byte) => byte === 0), true);
});

test("a large file whose temporary is lost is sent once more", async () => {
  await using trees = await Trees.make();
  trees.write("there", { large: new Uint8Array(20_000_000) });
  const from = { gateway: await trees.gateway(), path: trees.there };
  const pulling = pull(from, trees.here);
  const temporary = () =>
    Array.from(Deno.readDirSync(trees.here)).find(({ name }) => name.endsWith("-0.tmp"))?.name;
  await until("a temporary", () => temporary() !== undefined);
  Deno.removeSync(`${trees.here}/${temporary()}`);
  const { errors, created } = await pulling;
  assertEquals([errors, created], [[], 1]);
  assertEquals(Deno.statSync(`${trees.here}/large`).size, 20_000_000);
});

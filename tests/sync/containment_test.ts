import { assertEquals, assertRejects } from "@std/assert";
import { push } from "../../sync.ts";
import { Kind } from "../../sync/wire/entry.ts";
import { numbersOf } from "../../sync/wire/messages.ts";
import type { Told } from "../../sync/wire/problems.ts";
import { Receiver } from "../../sync/target/receiver.ts";
import { settingsOf } from "../../sync/options.ts";
import { test } from "../support/bounded.ts";
import { Trees } from "../support/trees.ts";

test("push follows no link that is planted where a directory or a file should be", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "d/x": "new", "d/deep/y": "new", f: "new", "kept/z": "1" });
  trees.write("outside", { x: "precious", "deep/y": "precious", f: "precious" });
  trees.write("there", { "kept/": "" });
  Deno.symlinkSync(trees.path("outside"), `${trees.there}/d`);
  Deno.symlinkSync(`${trees.path("outside")}/f`, `${trees.there}/f`);
  Deno.symlinkSync(trees.path("outside"), `${trees.there}/kept/out`);
  const before = trees.read("outside");
  const gateway = await trees.gateway();
  await push(trees.here, { gateway, path: trees.there }, { delete: true });
  assertEquals(trees.read("outside"), before);
  assertEquals(trees.read("there"), trees.read("here"));
});

/** Lets a receiver take messages, and returns what it sends and reports. */
async function receive(trees: Trees, messages: unknown[]): Promise<void> {
  async function* incoming() {
    yield* messages;
    await new Promise((resolve) => setTimeout(resolve, 5)); // the receiver may answer first
  }
  const told: Told[] = [];
  await new Receiver({
    link: { send: () => Promise.resolve(), [Symbol.asyncIterator]: incoming },
    path: trees.there,
    settings: { ...settingsOf({ delete: true }), compress: false, minDelta: undefined },
    reporter: {
      error() {},
      skip() {},
      change() {},
      flush: () => Promise.resolve(),
    },
    accepts: undefined,
    told: (each) => void told.push(each),
    stop: () => {},
    finished: () => {},
  }).run();
}

const DIRECTORY = { kind: Kind.directory, mode: 0o755, mtime: 0, size: 0 };
const FILE = { kind: Kind.file, mode: 0o644, mtime: 0, size: 1 };
const ROOT = { type: "root", entry: DIRECTORY };

function list(directory: string, names: string, entries: unknown[], rest = {}) {
  const numbers = numbersOf(entries as never);
  return { type: "list", directory, names, numbers, texts: [], isLast: true, ...rest };
}

const HOSTILE: Record<string, unknown[]> = {
  "..": [ROOT, list("", "..", [FILE])],
  ".": [ROOT, list("", ".", [DIRECTORY])],
  "an absolute name": [ROOT, list("", "/etc", [DIRECTORY])],
  "a path as a name": [ROOT, list("", "a/../../x", [FILE])],
  "an empty name": [ROOT, list("", "a\0\0b", [FILE, FILE, FILE])],
  "a name twice": [ROOT, list("", "a\0a", [FILE, FILE])],
  "a directory that was not announced": [ROOT, list("../outside", "x", [FILE])],
  "a directory that is a link": [
    ROOT,
    list("", "l", [{ ...FILE, kind: Kind.link, size: 0 }], { texts: ["../outside"] }),
    list("l", "x", [FILE]),
  ],
  "more names than numbers": [ROOT, list("", "a\0b", [FILE])],
  "a negative size": [ROOT, list("", "a", [{ ...FILE, size: -1 }])],
  "a link without a text": [ROOT, list("", "a", [{ ...FILE, kind: Kind.link }])],
  "a file that was not asked for": [
    ROOT,
    list("", "a", [FILE]),
    { type: "files", ids: [7], numbers: numbersOf([FILE]), bytes: new Uint8Array(1) },
  ],
  "bytes of no file": [ROOT, new Uint8Array(3)],
  "an end before the list": [ROOT, { type: "end", mayDelete: true }],
  "no root": [list("", "a", [FILE])],
  "nothing": [ROOT, null],
};

for (const [what, messages] of Object.entries(HOSTILE)) {
  test(`the receiver ends when the other side sends ${what}, and touches nothing outside`, async () => {
    await using trees = await Trees.make();
    trees.write("outside", { x: "precious" });
    trees.write("there", { mine: "1" });
    await assertRejects(() => receive(trees, messages), Error, "the other side of the sync sent");
    assertEquals(trees.read("outside"), { x: "precious" });
    assertEquals(trees.read("there").mine, "1");
  });
}

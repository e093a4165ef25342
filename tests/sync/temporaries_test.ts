import { assertEquals, assertRejects } from "@std/assert";
import { pull, push, SyncError } from "../../sync.ts";
import { temporaryName } from "../../sync/wire/temporary.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { Trees } from "../support/trees.ts";

const OTHER = { run: "0123456789ab", host: "elsewhere", pid: 17 };

function temporariesIn(trees: Trees, name = "there"): string[] {
  return Object.keys(trees.read(name)).filter((path) => path.includes(".execnet-"));
}

test("what a killed gateway has left is removed by the next run, in each directory", async () => {
  await using trees = await Trees.make();
  trees.write("here", { "d/deep/large": new Uint8Array(30_000_000), "a": "1" });
  const gateway = await trees.gateway();
  const target = { gateway, path: trees.there };
  const pushing = assertRejects(() => push(trees.here, target), SyncError);
  await until("a temporary", () => temporariesIn(trees).length > 1);
  Deno.kill(gateway.remote.pid, "SIGKILL");
  await pushing;
  assertEquals(temporariesIn(trees).length, 2, "the file and the lock");
  await push(trees.here, { gateway: await trees.gateway(), path: trees.there });
  assertEquals(trees.read("there"), trees.read("here"));
});

test("temporaries are neither sent nor counted, and those of runs that may live stay", async () => {
  await using trees = await Trees.make();
  const names = [temporaryName(OTHER, 0), temporaryName({ ...OTHER, run: "fff" }, 1)];
  trees.write("here", { a: "1", [`d/${names[0]}`]: "x" });
  trees.write("there", { [names[0]]: "x", [`d/${names[1]}`]: "y" });
  using lock = await Deno.open(
    `${trees.there}/${temporaryName({ ...OTHER, run: "fff" }, "lock")}`,
    {
      write: true,
      createNew: true,
    },
  );
  await lock.lock(true);
  const target = { gateway: await trees.gateway(), path: trees.there };
  const { created } = await push(trees.here, target, { delete: true });
  assertEquals([created, temporariesIn(trees).length], [1, 3]);
  await lock.unlock();
  await push(trees.here, target, { delete: true });
  assertEquals(temporariesIn(trees), [names[0]]);
});

test("a temporary whose run cannot be asked goes after a day", async () => {
  await using trees = await Trees.make();
  trees.write("here", { a: "1" });
  trees.write("there", { [temporaryName(OTHER, 0)]: "x" });
  const target = { gateway: await trees.gateway(), path: trees.there };
  await push(trees.here, target);
  assertEquals(temporariesIn(trees).length, 1);
  const { now } = Date;
  try {
    Date.now = () => now() + 25 * 60 * 60 * 1000;
    await pull(target, trees.path("outside"));
    trees.write("outside", { [temporaryName(OTHER, 0)]: "x" });
    await pull(target, trees.path("outside"));
  } finally {
    Date.now = now;
  }
  assertEquals(temporariesIn(trees, "outside"), []);
});

test("a killed push of a single file is cleaned up by the next one", async () => {
  await using trees = await Trees.make();
  trees.write("here", { large: new Uint8Array(30_000_000) });
  trees.write("there", { beside: "stays" });
  const gateway = await trees.gateway();
  const file = `${trees.there}/large`;
  const pushing = assertRejects(
    () => push(`${trees.here}/large`, { gateway, path: file }),
    SyncError,
  );
  await until("a temporary", () => temporariesIn(trees).length > 1);
  Deno.kill(gateway.remote.pid, "SIGKILL");
  await pushing;
  await push(`${trees.here}/large`, { gateway: await trees.gateway(), path: file });
  assertEquals(Object.keys(trees.read("there")), ["beside", "large"]);
});

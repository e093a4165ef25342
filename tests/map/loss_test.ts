import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, GatewayClosedError, Group, type MapLoss } from "../../mod.ts";
import { serve } from "../../serve.ts";
import { test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { runScript } from "../support/processes.ts";

const QUIET = { popen: true, output: "null" } as const;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Ends its gateway at item 7. */
const exitsAt7 = async (n: number) => {
  if (n === 7) Deno.exit(3);
  await new Promise((resolve) => setTimeout(resolve, 5));
  return n * n;
};

async function whenRunning(gateway: Gateway, name: string): Promise<void> {
  await until(`${name} on ${gateway.id}`, async () => {
    return (await gateway.remoteStatus()).executing.includes(name);
  });
}

test("the items of a killed gateway run elsewhere, and each result is yielded once", async () => {
  await using group = await Group.open([QUIET, QUIET, QUIET]);
  const [victim] = group;
  const losses: MapLoss<number>[] = [];
  const slowly = async (n: number) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return n;
  };
  const naturals = function* () {
    for (let n = 0;; n++) yield n;
  };
  const results: number[] = [];
  for await (
    const n of group.map(naturals(), slowly, { retries: 1, onLoss: (loss) => losses.push(loss) })
  ) {
    results.push(n);
    if (n === 20) Deno.kill(victim.remote.pid, "SIGKILL");
    if (losses.length > 0 && n > losses[0].items[0]) break;
  }
  assertEquals(results, range(results.length));
  assertEquals(losses.length, 1);
  const [{ gateway, error, items, retried }] = losses;
  assert(items.length > 0); // how many it had in hand depends on the pace
  assertEquals([gateway, retried], [victim, items.length]);

  assert(error instanceof GatewayClosedError);
  assertMatch(error.message, /SIGKILL/);
});

test("tiny items of a killed gateway run elsewhere, and each result is yielded once", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const [victim] = group;
  for (const ordered of [true, false]) {
    const results: number[] = [];
    for await (const n of group.map(range(30_000), (n: number) => n, { retries: 1, ordered })) {
      if (results.push(n) === 5000 && ordered) Deno.kill(victim.remote.pid, "SIGKILL");
    }
    assertEquals(results.sort((a, b) => a - b), range(30_000));
  }
});

test("without retries, an item whose gateway died is an error that says so", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const map = group.map(range(20), exitsAt7);
  const results: number[] = [];
  const error = await assertRejects(async () => {
    for await (const n of map) results.push(n);
  }, GatewayClosedError);
  assertEquals(results, range(7).map((n) => n * n));
  assertMatch(error.message, /item at index 7 was lost with gateway gw[01], .*\(retries: 0\)/);
  assertMatch(error.message, /code 3/);
});

test("an item that ends each of its gateways is given up after its retries", async () => {
  await using group = await Group.open([QUIET, QUIET, QUIET]);
  const errors: [string, number][] = [];
  const results = await Array.fromAsync(group.map(range(20), exitsAt7, {
    retries: 1,
    onError: (error, n) => void errors.push([error.message, n]),
  }));
  assertEquals(results, range(20).filter((n) => n !== 7).map((n) => n * n));
  assertEquals(errors.length, 1);
  assertEquals(errors[0][1], 7);
  assertMatch(errors[0][0], /for the 2nd time.*\(retries: 1\)/);
  assertEquals(group.size, 1);
});

test("when no gateway is left, the error of the map names the items that are not done", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const error = await assertRejects(
    () => Array.fromAsync(group.map(range(1000), exitsAt7, { retries: 5, ordered: false })),
    GatewayClosedError,
    "no gateway is left",
  );
  assertMatch(error.message, /(\d+) items? (was|were) taken and not done \(index 7/);
  assertMatch(error.message, /what follows was not taken/);
  assert(error.cause instanceof GatewayClosedError);
});

test("a map over a group without gateways rejects", async () => {
  await using group = new Group();
  await assertRejects(
    () => Array.fromAsync(group.map([1], (n: number) => n)),
    GatewayClosedError,
    "the group has no gateway",
  );
});

test("with respawn, a gateway with the same spec replaces a lost one", async () => {
  await using group = await Group.open([{ ...QUIET, id: "phoenix", env: { NAME: "bird" } }]);
  const before = group.get("phoenix")?.remote.pid;
  const results = await Array.fromAsync(group.map(range(20), exitsAt7, {
    retries: 2,
    onError: "skip",
    respawn: true,
  }));
  assertEquals(results, range(20).filter((n) => n !== 7).map((n) => n * n));
  const after = group.get("phoenix");
  assert(after !== undefined && after.remote.pid !== before);
  assertEquals(after.spec.env, { NAME: "bird" });
});

test("with respawn, a gateway behind a server is started again with its token", async () => {
  const token = crypto.randomUUID();
  await using server = serve({ token, log: () => {} });
  await using group = new Group();
  const lost = await group.makeGateway(`tcp=127.0.0.1:${server.address.port}//token=${token}`);
  const options = { retries: 2, onError: "skip", respawn: true } as const;
  const results = await Array.fromAsync(group.map(range(9), exitsAt7, options));
  assertEquals(results, range(9).filter((n) => n !== 7).map((n) => n * n));
  const after = group.get(lost.id);
  assert(after !== undefined && after.remote.pid !== lost.remote.pid);
});

test("a map stops respawning a gateway that always dies", async () => {
  await using group = await Group.open([QUIET]);
  await assertRejects(
    () => Array.fromAsync(group.map([7], exitsAt7, { retries: Infinity, respawn: true })),
    GatewayClosedError,
    "20 in a row were started and lost without any result",
  );
});

test("losing an idle gateway costs nothing", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const next = Promise.withResolvers<void>();
  const items = async function* () {
    yield* range(10);
    await next.promise;
    yield* range(10);
  };
  const map = group.map(items(), (n: number) => n, { name: "patient" });
  for (let n = 0; n < 10; n++) assertEquals((await map.next()).value, n);
  const [first] = group;
  await whenRunning(first, "patient");
  Deno.kill(first.remote.pid, "SIGKILL");
  await first.closed;
  next.resolve();
  assertEquals(await Array.fromAsync(map), range(10));
});

test("a gateway that is terminated in the middle of a map is a loss", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const [first] = group;
  const results: number[] = [];
  for await (const n of group.map(range(30), exitsLate, { retries: 1 })) {
    results.push(n);
    if (n === 5) first.exit();
  }
  assertEquals(results, range(30));
  async function exitsLate(n: number) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return n;
  }
});

test("a map whose group is terminated rejects", async () => {
  const group = await Group.open([QUIET, QUIET]);
  const map = group.map(range(10), () => new Promise(() => {}), { name: "stuck", respawn: true });
  const first = map.next();
  const rejected = assertRejects(() => first, GatewayClosedError);
  const [gateway] = group;
  await whenRunning(gateway, "stuck");
  await group.terminate({ timeout: 100 });
  await inTime("the end of the map", rejected);
  assertEquals(group.size, 0);
});

test("an error of the onLoss function ends the map", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  await assertRejects(
    () =>
      Array.fromAsync(group.map(range(10), exitsAt7, {
        retries: 9,
        onLoss() {
          throw new Error("that was enough");
        },
      })),
    Error,
    "that was enough",
  );
});

test("a script that abandons a map ends by itself", async () => {
  const { code, stdout } = await runScript(
    `const group = await execnet.Group.open(["popen", "popen"]);
     function* endless() { for (let n = 0;; n++) yield n; }
     const map = group.map(endless(), (n: number) => n);
     console.log((await map.next()).value, (await map.next()).value);`,
    ["--allow-run", "--allow-env"],
  );
  assertEquals([code, stdout], [0, "0 1\n"]);
});

test("with isolate, an item that ends its process affects no gateway and no other item", async () => {
  await using group = await Group.open([QUIET]);
  const [gateway] = group;
  const errors: number[] = [];
  const losses: MapLoss<number>[] = [];
  const results = await Array.fromAsync(group.map(range(20), exitsAt7, {
    isolate: true,
    retries: 1,
    onLoss: (loss) => losses.push(loss),
    onError: (_, n) => void errors.push(n),
  }));
  assertEquals(results, range(20).filter((n) => n !== 7).map((n) => n * n));
  assertEquals([errors, losses.length], [[7], 2]);
  assertEquals(await gateway.call(() => "still here"), "still here");
});

test("with isolate, leaving a map ends an item in a busy loop", async () => {
  await using group = await Group.open([QUIET]);
  const map = group.map([1], () => {
    for (;;);
  }, { isolate: true, name: "busy" });
  const first = map.next();
  const [gateway] = group;
  await whenRunning(gateway, "busy");
  await map.return?.();
  assertEquals((await first).done, true);
  await until("the end of the busy process", async () => {
    return (await gateway.remoteStatus()).executing.length === 0;
  });
});

test("items that crash their gateways do not end a map with respawn, and all others run", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const crashes = (n: number) => {
    if (n < 4 || n % 7 === 0) Deno.exit(139);
    return n;
  };
  const skipped: number[] = [];
  const results = await Array.fromAsync(group.map(range(60), crashes, {
    respawn: true,
    onError: (_, n) => {
      skipped.push(n);
      return "skip";
    },
  }));
  assertEquals(results, range(60).filter((n) => n >= 4 && n % 7 !== 0));
  assertEquals(skipped.sort((a, b) => a - b), range(60).filter((n) => n < 4 || n % 7 === 0));
});

test("with isolate, an item that ends its process takes no other of its message along", async () => {
  await using group = await Group.open([QUIET]);
  const killsAt = async (n: number, at: number) => {
    if (n !== at) return n;
    const { kill } = await import("node:process");
    kill(Deno.pid, "SIGKILL");
  };
  const lost: number[] = [];
  const losses: (readonly number[])[] = [];
  const results = await Array.fromAsync(group.map(range(3000), killsAt, {
    args: 2500,
    isolate: true,
    onLoss: ({ items }) => losses.push(items),
    onError: (_, n) => void lost.push(n),
  }));
  assertEquals(results, range(3000).filter((n) => n !== 2500));
  assertEquals([lost, losses], [[2500], [[2500]]]);
});

test("a map ends with one loss more than maxLosses, and says so", async () => {
  await using group = await Group.open([QUIET]);
  const losses: unknown[] = [];
  const options = {
    respawn: true,
    onError: "skip",
    onLoss: (loss: unknown) => losses.push(loss),
  } as const;
  const all = () => Deno.exit(1);
  const error = await assertRejects(
    () => Array.fromAsync(group.map(range(20), all, { ...options, maxLosses: 2 })),
    GatewayClosedError,
    "3rd loss",
  );
  assertMatch(error.message, /\(maxLosses: 2\): .* code 1/);
  assertEquals(losses.length, 3);
});

test("a gateway with several workers is lost once", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const losses: MapLoss<number>[] = [];
  const work = async (n: number) => {
    if (n === 3) Deno.exit(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return n;
  };
  const options = { concurrency: 4, retries: 3, onError: "skip", respawn: true } as const;
  const results = await Array.fromAsync(
    group.map(range(40), work, { ...options, onLoss: (loss) => losses.push(loss) }),
  );
  assertEquals(results, range(40).filter((n) => n !== 3));
  assertEquals(losses.length, 4);
});

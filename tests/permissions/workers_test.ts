/** Workers of user code have no more permissions than their gateway. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { GatewayClosedError } from "../../mod.ts";
import { attempt, dataModule, quiet, workerOf } from "../support/attempts.ts";
import { test } from "../support/bounded.ts";

const KINDS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"];

const inWorker = (expression: string, options?: string) =>
  workerOf(
    JSON.stringify(dataModule(
      `let result; try { result = await (${expression}); } catch (error) { result = String(error); }
       postMessage(Deno.inspect(result));`,
    )),
    options,
  );

test("no permission is granted in a worker of an ungranted gateway", async () => {
  await using gw = await quiet();
  const states = `${JSON.stringify(KINDS)}
    .map((name) => Deno.permissions.querySync({ name }).state).join()`;
  assertEquals(
    await attempt(gw, inWorker(states)),
    `returned "${KINDS.map(() => "prompt").join()}"`,
  );
});

test("a worker can read no file, and not the protocol's descriptors", async () => {
  await using gw = await quiet();
  for (const path of ["/etc/hosts", "/dev/fd/3", "/dev/fd/4", "/dev/stdin", "/proc/self/fd/3"]) {
    assertMatch(await attempt(gw, inWorker(`Deno.readFileSync("${path}")`)), /Requires read/, path);
  }
});

test("a worker that requests more than its gateway has ends only that gateway", async () => {
  await using other = await quiet();
  await using gw = await quiet();
  // Deno ends the process, because worker permissions are unstable.
  await assertRejects(
    () => attempt(gw, inWorker("1", "{ deno: { permissions: { read: true } } }")),
    GatewayClosedError,
  );
  assertEquals(await other.call(() => 1), 1);
});

test("a worker of node:worker_threads has no more than the gateway has", async () => {
  await using gw = await quiet();
  const result = await attempt(
    gw,
    `const { Worker } = await import("node:worker_threads");
     const worker = new Worker(\`
       const { parentPort } = require("node:worker_threads");
       let result;
       try { result = require("node:fs").readFileSync("/etc/hosts", "utf8"); }
       catch (error) { result = String(error); }
       parentPort.postMessage(result);\`, { eval: true });
     const result = await new Promise((resolve) => worker.on("message", resolve));
     await worker.terminate();
     return result;`,
  );
  assertMatch(result, /NotCapable: Requires read access to "\/etc\/hosts"/);
});

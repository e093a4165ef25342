/** Errors beyond 64 KiB keep what matters: the largest parts are cut, and say so. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  await using gw = await makeGateway();

  const failAll = async (count: number) => {
    const fails = async (i: number) => { throw new TypeError(\`host \${i} does not answer\`); };
    await Promise.any(Array.from({ length: count }, (_, i) => fails(i)));
  };
  for (const count of [100, 800, 20_000]) {
    const error = await gw.call(failAll, count).catch((error) => error);
    console.log(error.name, error.errors.length, error.errors[99].name, error.errors[99].message);
  }

  const failWith = (size: number) => {
    const cause = new RangeError("no space left", { cause: { code: 28 } });
    throw Object.assign(new Error("HTTP 507", { cause }), { status: 507, body: "x".repeat(size) });
  };
  for (const size of [60_000, 70_000, 5_000_000]) {
    const error = await gw.call(failWith, size).catch((error) => error);
    console.log(error.message, error.status, error.cause.message, error.cause.cause.code);
    console.log(error.body.length > 40_000, error.body.slice(-22));
  }
`;

test("a large error loses no part, but the end of its largest", async () => {
  const { code, stdout, stderr } = await runCase(PROGRAM);
  assertEquals(stdout.trimEnd().split("\n"), [
    "AggregateError 100 TypeError host 99 does not answer",
    "AggregateError 800 TypeError host 99 does not answer",
    "AggregateError 20000 TypeError host 99 does not answer",
    "HTTP 507 507 no space left 28",
    "true xxxxxxxxxxxxxxxxxxxxxx",
    "HTTP 507 507 no space left 28",
    "true xx… (70000 characters)",
    "HTTP 507 507 no space left 28",
    "true … (5000000 characters)",
  ], stderr);
  assertEquals(code, 0);
});

/** Errors that lead back to themselves neither hang a gateway nor its initiator. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

/** Sends an error both ways: thrown there, as an item, by a close, and out of a map. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  await using gw = await makeGateway();

  const tangle = (): Error => {
    const outer = Object.assign(new Error("request failed"), { status: 503 });
    const inner = Object.assign(new Error("try 2", { cause: outer }), { request: { outer } });
    return Object.assign(outer, { cause: inner, self: outer, attempts: [inner, outer] });
  };
  const throws = \`throw (\${tangle.toString().replace(": Error", "")})()\`;

  const there = await gw.remoteExec(throws).receive({ timeout: 5000 }).catch((error) => error);
  console.log("thrown", there.status, there.self, there.cause.cause, there.attempts.length);

  const item = await gw.call((error: Error) => error, tangle()) as Error & { self: string };
  console.log("item", item.message, item.self);

  const closed = gw.newChannel();
  const seen = gw.call(
    (channel: { receive(): Promise<unknown> }) => channel.receive().catch((error) => error.self),
    closed,
  );
  closed.close(tangle());
  console.log("closed", await seen);

  const mapped = gw.group.map([1], () => {
    const error = Object.assign(new Error("mapped"), { status: 504, no: () => 1 });
    throw Object.assign(error, { self: error, cause: error });
  });
  const failure = await Array.fromAsync(mapped).catch((error) => error);
  console.log("mapped", failure.status, failure.self, failure.cause, "no" in failure);
`;

test("an error that leads back to itself arrives marked, whichever way it takes", async () => {
  const { code, stdout, stderr } = await runCase(PROGRAM);
  assertEquals(stdout.split("\n"), [
    "thrown 503 [Circular] [Circular] 2",
    "item request failed [Circular]",
    "closed [Circular]",
    "mapped 504 [Circular] [Circular] false",
    "",
  ], stderr);
  assertEquals(code, 0);
});

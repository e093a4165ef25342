/** The token that a server creates. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Group } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";
import { ServerProgram } from "../support/server/program.ts";

test("the first start creates a token of 256 bits that only its owner can read, and prints its file alone", async () => {
  await using server = await ServerProgram.start({ token: null });
  await server.logged("listening");
  const token = (await Deno.readTextFile(server.tokenFile)).trim();
  assertMatch(token, /^[0-9a-f]{64}$/);
  assertEquals(((await Deno.stat(server.tokenFile)).mode ?? 0) & 0o777, 0o600);
  assertStringIncludes(server.printed, `created ${server.tokenFile}; clients need the token in it`);
  const group = new Group();
  const gw = await group.makeGateway(await server.spec());
  assertEquals(await gw.call(() => 1), 1);
  await gw.terminate();
  assertEquals(server.printed.includes(token), false);
});

testWith(["script"], "a new token is printed on a terminal, once", async () => {
  await using server = await ServerProgram.start({ token: null, terminal: true });
  await until("the token", () => server.printed.includes("which is shown only now"));
  await server.logged("listening");
  const token = (await Deno.readTextFile(server.tokenFile)).trim();
  assertEquals(server.printed.split(token).length - 1, 1);
  server.kill("SIGTERM");
  await inTime("its end", server.ended());
});

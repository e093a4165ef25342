/** What a server's log holds. */

import { assertEquals } from "@std/assert";
import { SESSION_ID_BYTES } from "../../protocol/auth_messages.ts";
import { test } from "../support/bounded.ts";
import { Attacker } from "../support/server/attacker.ts";
import { ServerProgram } from "../support/server/program.ts";
import { TestServer } from "../support/server/test_server.ts";

const EVIL = 'x\x1b]0;title\x07\x9b2J\r\n{"event":"stopped"}\u202egnp';
const SHOWN = 'x\\u001b]0;title\\u0007\\u009b2J\\u000d\\u000a{"event":"stopped"}\\u202egnp';

test("names that clients choose reach the log with their control characters escaped", async () => {
  await using server = new TestServer();
  using control = await Attacker.connect(server.port);
  using data = await Attacker.connect(server.port);
  const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
  await control.ask(await control.enter("control", session), { name: EVIL });
  await data.enter("data", session);
  assertEquals((await server.logged("accepted")).name, SHOWN);
  using other = await Attacker.connect(server.port);
  await other.ask(await other.enter("control"), { allow: { read: [EVIL] } });
  const { reason } = await server.refused(/read=x/);
  assertEquals(/\p{Cc}|\u202e/u.test(reason), false);
});

test("a printed log line is one line of JSON, whatever a client chose", async () => {
  await using server = await ServerProgram.start();
  const { address } = await server.logged("listening");
  using control = await Attacker.connect(Number(String(address).split(":").at(-1)));
  await control.ask(await control.enter("control"), { chdir: EVIL, deno: EVIL });
  await server.logged("refused");
  assertEquals(/[^\P{Cc}\n]|\u202e/u.test(server.printed), false);
  assertEquals(server.log.some(({ event }) => event === "stopped"), false);
});

/** Links that die without a word. The limits are shortened: by default, a session ends within 60 s. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { GatewayClosedError } from "../../mod.ts";
import { TokenKey } from "../../protocol/auth.ts";
import { openTcp } from "../../transports/tcp/session.ts";
import type { Transport } from "../../transports/transport.ts";
import { test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { whenGone } from "../support/processes.ts";
import { DyingLink } from "../support/server/dying_link.ts";
import { CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

const NOTHING = { all: false, allow: {}, deny: {}, env: {}, chdir: "", nice: 0, deno: "" };
const PING_MS = 50;
const PING_BYTES = 3;

/** Begins a session over a link, as a client that gives a sign of life more often than others. */
function begin(link: DyingLink, isTls: boolean): Promise<Transport> {
  return openTcp({
    address: { hostname: "127.0.0.1", port: link.port },
    key: new TokenKey(TOKEN),
    request: { name: "idle", ...NOTHING },
    pingInterval: PING_MS,
    ...(isTls ? { tls: { ca: Deno.readTextFileSync(CA) } } : {}),
  }, new AbortController().signal);
}

for (const [name, options] of [["tcp", {}], ["tcp+TLS", tlsOf()]] as const) {
  test(`${name}: an idle session lives, and ends on both sides when its link dies without a word`, async () => {
    await using server = new TestServer({ ...options, clientTimeout: 1 });
    await using link = new DyingLink(server.port);
    const transport = await begin(link, name !== "tcp");
    const lost = Promise.withResolvers<Error | undefined>();
    transport.start({ data() {}, end: lost.resolve });
    const { pid } = await server.logged("accepted");
    const before = link.sent;
    // Twice as long as the server waits for a sign of life.
    await until("pings", () => link.sent - before >= 2_000 / PING_MS * PING_BYTES);
    assertEquals(server.server.sessions, 1);
    link.die();
    assertEquals(await inTime("the client's end", transport.exited), { code: null, signal: null });
    const error = await inTime("the end of the stream", lost.promise);
    assertStringIncludes(`${error}`, "nothing was heard of its server for 0.2 s: its link is dead");
    const { reason } = await server.logged("ended");
    assertStringIncludes(reason, "nothing was heard of its client for 1 s");
    await whenGone(pid);
    assertEquals(server.server.sessions, 0);
    transport.release();
  });
}

test("a client that was stopped or busy for too long learns why its session has ended", async () => {
  // Clients give a sign of life every 15 s.
  await using server = new TestServer({ clientTimeout: 1 });
  const gw = await server.group.makeGateway({
    tcp: `127.0.0.1:${server.port}`,
    token: TOKEN,
    output: "null",
  });
  const error = await assertRejects(
    () => inTime("its end", gw.call(() => new Promise<void>((end) => setTimeout(end, 100_000)))),
    GatewayClosedError,
  );
  assertStringIncludes(error.message, "ended, as nothing was heard of its client for 1 s");
});

test("over TLS, code of a session has its second when the link is dead", async () => {
  await using server = new TestServer({
    ...tlsOf(),
    clientTimeout: 2,
    permissions: { write: true },
  });
  const file = await Deno.makeTempFile();
  const gw = await server.group.makeGateway({
    tcp: `127.0.0.1:${server.port}`,
    token: TOKEN,
    ca: CA,
    permissions: { write: true },
    output: "null",
  });
  gw.remoteExec(
    `try { await channel.receive(); } finally { await Deno.writeTextFile(${
      JSON.stringify(file)
    }, "done"); }`,
  );
  await server.logged("ended");
  assertEquals(await Deno.readTextFile(file), "done");
  const { stderrTail: [line] } = await inTime("its end", gw.closed);
  assertStringIncludes(line, "nothing was heard of its client for 2 s");
  await Deno.remove(file);
});

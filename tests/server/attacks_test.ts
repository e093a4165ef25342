/** Each attack ends with a refusal, a line in the log, and a server that still works. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AuthenticationError, Group, LaunchError } from "../../mod.ts";
import {
  AuthType,
  encodeMessage,
  RefusalCode,
  SESSION_ID_BYTES,
} from "../../protocol/auth_messages.ts";
import { FrameType } from "../../protocol/constants.ts";
import { encodeExecRequest } from "../../protocol/control.ts";
import { encodeFrame } from "../../protocol/frames.ts";
import { encodePreamble, localHello } from "../../protocol/preamble.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { Attacker, Displacer, ManInTheMiddle } from "../support/server/attacker.ts";
import { ServerProgram } from "../support/server/program.ts";
import { assertUnharmed, CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

/** How many connections the log says were refused. */
function refusals({ events }: TestServer): number {
  return events.reduce(
    (sum, each) =>
      sum + (each.event === "refused" ? 1 : each.event === "refusals" ? each.count : 0),
    0,
  );
}

const WRONG = "a-token-that-was-guessed-and-is-another-one";

test("a wrong token is an AuthenticationError that names neither token", async () => {
  await using server = new TestServer();
  const error = await assertRejects(
    () => server.group.makeGateway(server.spec("", WRONG)),
    AuthenticationError,
    "does not accept the token",
  );
  assertEquals(Deno.inspect(error).includes(WRONG), false);
  const { failures, peer } = await server.refused(/proof of the token is wrong/);
  assertEquals(failures, 1);
  assertStringIncludes(peer, "127.0.0.1:");
  assertEquals(JSON.stringify(server.events).includes(TOKEN), false);
  await assertUnharmed(server);
});

test("wrong tokens are counted, and each waits longer for its answer", async () => {
  await using server = new TestServer();
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await assertRejects(() => server.group.makeGateway(server.spec("", WRONG)));
    times.push(performance.now() - start);
  }
  const refused = server.events.flatMap((e) =>
    e.event === "refused" && e.failures ? [e.failures] : []
  );
  assertEquals(refused, [1, 2, 3]);
  for (const [i, delay] of [250, 500, 1000].entries()) assert(times[i] >= delay, `${times}`);
  await assertUnharmed(server);
});

test("a handshake that is replayed is refused", async () => {
  await using server = new TestServer();
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  using replay = await Attacker.connect(server.port);
  await replay.challenged();
  await replay.write(client.sent[0]);
  assertEquals((await replay.refusal())?.code, RefusalCode.AUTHENTICATION);
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a challenge that is reflected is refused", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  const challenge = await attacker.read(45);
  assert(challenge !== undefined);
  await attacker.write(challenge);
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/type 2 was due/);
  await assertUnharmed(server);
});

test("a man in the middle gets nothing, even with another certificate that the client trusts", async () => {
  await using server = new TestServer(tlsOf());
  await using directory = await TemporaryDirectory.make();
  await using middle = new ManInTheMiddle(server.port, tlsOf("other"));
  const both = await directory.write("ca.pem", tlsOf().cert + tlsOf("other").cert);
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${middle.port}//token=${TOKEN}//ca=${both}`),
    AuthenticationError,
    "another certificate",
  );
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a man in the middle who removes TLS gets nothing", async () => {
  await using server = new TestServer(tlsOf());
  await using middle = new ManInTheMiddle(server.port, undefined);
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${middle.port}//token=${TOKEN}`),
    AuthenticationError,
    "takes it away",
  );
  await server.refused(/proof of the token is wrong/);
  await assertUnharmed(server);
});

test("a client that requires TLS does not connect without it", async () => {
  await using server = new TestServer();
  await assertRejects(
    () => server.group.makeGateway(server.spec(`ca=${CA}`)),
    LaunchError,
    "speaks no TLS",
  );
  await server.refused(/type 2 was due/);
  await assertUnharmed(server);
});

test("a handshake byte by byte is cut at its deadline", async () => {
  await using server = new TestServer({ handshakeTimeout: 300 });
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  using loris = await Attacker.connect(server.port);
  await loris.challenged();
  let gone = false;
  const closed = loris.closed().then(() => gone = true);
  for (const byte of client.sent[0].subarray(0, -1)) {
    if (gone) break;
    await loris.write(Uint8Array.of(byte)).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await closed;
  await server.refused(/took more than 300 ms/);
  await assertUnharmed(server);
});

test("1,000 half-open connections keep nobody out, displace each other, and are summed up in the log", async () => {
  await using server = new TestServer({ handshakeTimeout: 30_000, maxHalfOpen: 32 });
  const attackers: Attacker[] = [];
  try {
    for (let i = 0; i < 1_000; i++) {
      attackers.push(await Attacker.connect(server.port));
      if (i === 500) await assertUnharmed(server);
    }
    await assertUnharmed(server);
    await server.server.shutdown({ timeout: 0 });
    assertEquals(refusals(server) >= 1_000, true, `${refusals(server)} of 1000`);
    assert(server.events.length < 100, `${server.events.length} events`);
  } finally {
    for (const attacker of attackers) attacker[Symbol.dispose]();
  }
});

for (const name of ["tcp", "tcp+TLS"]) {
  test(`${name}: a flood that goes on keeps the owner of the token out neither of a session nor of the next`, async () => {
    await using server = await ServerProgram.start({ tls: name !== "tcp" });
    const { address } = await server.logged("listening");
    const port = Number(String(address).split(":").at(-1));
    let isOver = false;
    const flood = async () => {
      const held: Deno.Conn[] = [];
      while (!isOver) {
        const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
        if (conn === undefined) continue;
        if (held.push(conn) > 200) held.shift()?.close();
      }
      for (const conn of held) conn.close();
    };
    const floods = Array.from({ length: 8 }, flood);
    const group = new Group();
    try {
      for (let i = 0; i < 5; i++) {
        const gw = await inTime("a gateway", group.makeGateway(await server.spec()));
        assertEquals(await gw.call((n: number) => n + 1, i), i + 1);
        await gw.terminate();
      }
    } finally {
      isOver = true;
      await Promise.all(floods);
      await group.terminate();
    }
    assert(server.log.length < 200, `${server.log.length} lines`);
  });
}

test("proven connections wait in places that strangers cannot take", async () => {
  await using server = new TestServer({ handshakeTimeout: 30_000, maxHalfOpen: 4 });
  using control = await Attacker.connect(server.port);
  const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
  const transcript = await control.enter("control", session);
  const strangers: Attacker[] = [];
  const crowd = async () => {
    for (let i = 0; i < 20; i++) {
      strangers.push(await Attacker.connect(server.port));
      await strangers.at(-1)?.challenged();
    }
  };
  try {
    await crowd();
    await control.ask(transcript);
    await crowd();
    using data = await Attacker.connect(server.port);
    await data.enter("data", session);
    await server.logged("accepted");
  } finally {
    for (const stranger of strangers) stranger[Symbol.dispose]();
  }
});

test("a client begins a connection again that was displaced while it waited for its turn", async () => {
  await using server = new TestServer();
  const proxied: Deno.Conn[] = [];
  await using proxy = new Displacer(server.port, proxied);
  const gw = await inTime(
    "a gateway",
    server.group.makeGateway(`tcp=127.0.0.1:${proxy.port}//token=${TOKEN}`),
  );
  assertEquals(await gw.call((n: number) => n + 1, 1), 2);
  assertEquals(proxied.length, 4); // one of either kind was closed by the proxy
  await gw.terminate();
});

test("garbage and bit-flipped handshakes are refused, and counted in the log", async () => {
  await using server = new TestServer();
  using client = await Attacker.connect(server.port);
  await client.enter("control");
  const good = client.sent[0];
  let sent = 0;
  for (let at = 0; at < 3; at++) {
    using attacker = await Attacker.connect(server.port);
    const bytes = good.slice();
    bytes[at] ^= 0x80;
    await attacker.write(bytes);
    await attacker.closed();
    sent++;
  }
  for (let i = 0; i < 100; i++) {
    using attacker = await Attacker.connect(server.port);
    await attacker.write(crypto.getRandomValues(new Uint8Array(3 + 20 * i)));
    sent++;
  }
  await assertUnharmed(server);
  await until("the end of all handshakes", () => refusals(server) >= 20);
  await server.server.shutdown({ timeout: 0 });
  assertEquals(refusals(server) >= sent, true, `${refusals(server)} of ${sent}`);
});

test("frames before authentication are refused, and start nothing", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  await attacker.challenged();
  const request = { kind: "source", name: "evil", position: "", isolated: false } as const;
  await attacker.write(encodePreamble(localHello("evil", 1024)));
  await attacker.write(encodeFrame(FrameType.EXEC, 1, encodeExecRequest(request))).catch(() => {});
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/type 2 was due/);
  assertEquals(server.server.sessions, 0);
  assertEquals(server.events.some(({ event }) => event === "accepted"), false);
  await assertUnharmed(server);
});

test("a request that its proof does not cover is refused", async () => {
  await using server = new TestServer();
  using attacker = await Attacker.connect(server.port);
  await attacker.enter("control");
  await attacker.write(encodeMessage(AuthType.REQUEST, new Uint8Array(32), Uint8Array.of(0x80)));
  assertEquals((await attacker.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/was changed on the way/);
  await assertUnharmed(server);
});

test("a second data connection for a session is refused", async () => {
  await using server = new TestServer();
  const session = new Uint8Array(16).fill(9);
  using first = await Attacker.connect(server.port);
  await first.enter("data", session);
  using second = await Attacker.connect(server.port);
  await second.enter("data", session);
  assertEquals((await second.refusal())?.code, RefusalCode.PROTOCOL);
  await server.refused(/has a data connection already/);
  await assertUnharmed(server);
});

/** TCP gateways that do not start, and the errors that say why. */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  AuthenticationError,
  Group,
  HostNotFoundError,
  LaunchError,
  makeGateway,
  SpecError,
} from "../../mod.ts";
import { resolveSpec } from "../../spec/spec.ts";
import { AuthType, encodeMessage } from "../../protocol/auth_messages.ts";
import { encodeChallenge } from "../../protocol/auth_payloads.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { Script } from "../support/processes.ts";
import { Listener } from "../support/server/listener.ts";
import { CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

/** Reads until the client closes. */
async function drain(conn: Deno.Conn): Promise<void> {
  while (await conn.read(new Uint8Array(1024)) !== null);
}

test("a host that does not exist is a HostNotFoundError", async () => {
  await assertRejects(
    () => makeGateway(`tcp=no-such-host.invalid:1//token=${TOKEN}`),
    HostNotFoundError,
    "no-such-host.invalid",
  );
});

test("a port where nothing listens is a LaunchError that says so", async () => {
  await using server = new TestServer();
  const spec = server.spec();
  await server.server.shutdown();
  await assertRejects(() => makeGateway(spec), LaunchError, "connection refused");
});

test("a silent host is a LaunchError after connectTimeout", async () => {
  await using silent = new Listener(drain);
  await assertRejects(
    () => makeGateway(`${silent.spec}//connectTimeout=300`),
    LaunchError,
    "within 300 ms",
  );
});

test("the error about another kind of server shows what that sent", async () => {
  await using other = new Listener(async (conn) => {
    await conn.write(new TextEncoder().encode("SSH-2.0-OpenSSH_9.2\r\n"));
    await drain(conn);
  });
  const error = await assertRejects(() => makeGateway(other.spec), LaunchError);
  assertStringIncludes(error.message, "no execnet server");
  assertStringIncludes(error.message, "SSH");
});

test("a server that does not know the token is a wrong server, and receives nothing", async () => {
  const got: number[] = [];
  await using impostor = new Listener(async (conn) => {
    await conn.write(encodeChallenge(new Uint8Array(32)));
    const buffer = new Uint8Array(64 * 1024);
    got.push(await conn.read(buffer) ?? 0);
    await conn.write(encodeMessage(AuthType.WELCOME, new Uint8Array(32)));
    for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) got.push(n);
  });
  const error = await assertRejects(() => makeGateway(impostor.spec), AuthenticationError);
  assertStringIncludes(error.message, "not the server that the token is for");
  assertEquals(got.filter((bytes) => bytes > 0), [86]);
});

test("the error names a certificate that is not trusted, or is for another host", async () => {
  await using server = new TestServer({ ...tlsOf(), hostname: "0.0.0.0" });
  const { port } = server;
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${port}//token=${TOKEN}//tls`),
    LaunchError,
    "ca=path",
  );
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.2:${port}//token=${TOKEN}//ca=${CA}`),
    LaunchError,
    "altnames",
  );
});

test("the error of a client without TLS says that the server requires it", async () => {
  await using server = new TestServer({ ...tlsOf(), handshakeTimeout: 300 });
  await assertRejects(
    () => server.group.makeGateway(`tcp=127.0.0.1:${server.port}//token=${TOKEN}`),
    LaunchError,
    "wants TLS",
  );
});

test("IPv6 works, and socket= is the same as tcp=", async () => {
  await using server = new TestServer({ hostname: "::1" });
  const gw = await server.group.makeGateway(`socket=[::1]:${server.port}//token=${TOKEN}`);
  assertEquals(await gw.call(() => 1), 1);
});

test("a token is never in the spec, in output, or in error messages", async () => {
  await using server = new TestServer();
  const text = await server.gateway("id=text");
  const object = await server.group.makeGateway({
    tcp: `127.0.0.1:${server.port}`,
    token: TOKEN,
    id: "object",
  });
  const resolved = resolveSpec(server.spec());
  const seen = [text, object].flatMap((gw) => [gw, gw.spec]).concat(
    [resolved, server.group] as never,
  )
    .flatMap((value) => [Deno.inspect(value, { depth: 9 }), JSON.stringify(value)]);
  for (
    const broken of [
      `tcp=h:1//token=${TOKEN}////id=x`,
      `tcp=h:1//token=${TOKEN}//token=${TOKEN}`,
      `tcp=h:1//tokn=${TOKEN}`,
      `tcp=h//token=${TOKEN}`,
      `popen//token=${TOKEN}`,
      `tcp=h:1//token=${TOKEN}//token_file=/x`,
    ]
  ) {
    seen.push(Deno.inspect(await assertRejects(() => server.group.makeGateway(broken), SpecError)));
  }
  assertEquals(seen.filter((each) => each?.includes(TOKEN)), []);
});

test("the error of a spec with a short token, or none, says what it needs", async () => {
  await using directory = await TemporaryDirectory.make();
  await assertRejects(() => makeGateway("tcp=h:1//token=hunter2"), SpecError, "at least 32");
  await assertRejects(
    () => makeGateway(`tcp=h:1//token_file=${directory.path}/none`),
    LaunchError,
    "cannot read token_file",
  );
  for (const address of ["h", "h:", "h:x", "h:70000", "::1:8", "h:0", "a b:1"]) {
    await assertRejects(
      () => makeGateway(`tcp=${address}//token=${TOKEN}`),
      SpecError,
      "host:port",
    );
  }
  assertThrows(() => resolveSpec(`popen//ca=/x`), SpecError, `"ca" goes with "tcp" alone`);
});

test("a client needs --allow-net for the server, and --allow-read for the token file, and no more", async () => {
  await using directory = await TemporaryDirectory.make();
  const file = await directory.write("token", `${TOKEN}\n`, 0o600);
  await using server = new TestServer();
  const script = `
    await using gw = await execnet.makeGateway("tcp=127.0.0.1:${server.port}//token_file=${file}");
    console.log(await gw.call(() => 6 * 7));`;
  await using client = await Script.start(script, [
    `--allow-net=127.0.0.1:${server.port}`,
    `--allow-read=${file}`,
  ]);
  const { code, stdout, stderr } = await client.result();
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "42\n", stderr: "" });
  await using denied = await Script.start(script, [`--allow-read=${file}`]);
  assertStringIncludes((await denied.result()).stderr, "--allow-net=127.0.0.1");
});

test("a script that does not close a tcp gateway still ends", async () => {
  await using server = new TestServer();
  await using client = await Script.start(
    `const gw = await execnet.makeGateway("${server.spec()}");
     console.log(await gw.call(() => 6 * 7));`,
    ["--allow-net"],
  );
  assertEquals((await client.result()).code, 0);
  await server.logged("ended");
});

test("a gateway that is ended while it connects releases everything", async () => {
  await using silent = new Listener(drain);
  const group = new Group();
  const started = assertRejects(() => group.makeGateway(silent.spec));
  await silent.accepted;

  await group.terminate({ timeout: 10 });
  await started;
});

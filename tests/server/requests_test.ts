/** Session requests beyond what a server allows, and sessions that try to get more. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Gateway, LaunchError } from "../../mod.ts";
import { SESSION_ID_BYTES } from "../../protocol/auth_messages.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { Attacker } from "../support/server/attacker.ts";
import { ServerProgram } from "../support/server/program.ts";
import { assertUnharmed, TestServer, TOKEN } from "../support/server/test_server.ts";

test("permissions above the ceiling are refused, and named", async () => {
  await using server = new TestServer({
    permissions: { read: ["/usr"] },
    deny: { read: ["/usr/lib"] },
  });
  for (
    const [wanted, named] of [
      ["allow-read=/etc", "read=/etc"],
      ["allow-read", "all of read"],
      ["allow-read=/usr/../etc", "read=/usr/../etc"],
      ["allow-read=/usr/lib/os-release", "/usr/lib"],
      [
        "allow-net",
        "this session cannot have what the server does not grant: all of net (add allow-net to its flags)",
      ],
      ["allow-run=sh", "run=sh"],
      ["allow-all", "allow-all"],
      ["allow-read=.//chdir=/usr", "read=."],
    ]
  ) {
    const error = await assertRejects(() => server.gateway(wanted), LaunchError);
    assertStringIncludes(error.message, named);
  }
  await server.refused(/all of net/);
  const gw = await server.gateway("allow-read=/usr/share");
  assertEquals(await gw.call(() => Deno.statSync("/usr/share").isDirectory), true);
  await gw.terminate();
});

test("unstable features are refused, unless the server allows them", async () => {
  await using server = new TestServer({ unstable: ["kv"] });
  const error = await assertRejects(() => server.gateway("unstable=kv,cron"), LaunchError);
  assertStringIncludes(
    error.message,
    "unstable=cron: start the server with -- --unstable-cron to allow it",
  );
  const features = () => ["openKv", "cron"].filter((name) => Reflect.has(Deno, name));
  const gw = await server.gateway("unstable=kv");
  assertEquals(await gw.call(features), ["openKv"]);
  await gw.terminate();
  const plain = await server.gateway("");
  assertEquals(await plain.call(features), []);
  await plain.terminate();
});

test("a client sets no variables but those that the server names, and harmless ones", async () => {
  const STRANGE = ["DENO_DIR", "LD_PRELOAD", "OTEL_DENO", "PATH", "LANGUAGE", "LCX", "app_mode"];
  for (
    const [options, refused] of [
      [{}, ["APP_MODE", ...STRANGE]],
      [{ permissions: { env: true } }, ["APP_MODE", ...STRANGE]],
      [{ permissions: { env: ["*"] } }, ["APP_MODE", ...STRANGE]],
      [{ "allow-all": true }, ["APP_MODE", ...STRANGE]],
      [{ permissions: { env: ["APP_*"] } }, ["APP", ...STRANGE]],
      [{ permissions: { env: ["APP_*"] }, deny: { env: ["APP_MODE"] } }, ["APP_MODE"]],
    ] as const
  ) {
    await using server = new TestServer(options);
    for (const name of refused) {
      await assertRejects(
        () => server.gateway(`env:${name}=x`),
        LaunchError,
        `env:${name}: start the server with -- --allow-env=${name}`,
      );
    }
    await server.refused(new RegExp(`env:${refused[0]}:`));
  }
  await using server = new TestServer({ "allow-all": true, permissions: { env: ["APP_*", "X"] } });
  const env = { APP_MODE: "1", X: "2", TZ: "Asia/Tokyo", LANG: "C.UTF-8", LC_ALL: "C" };
  const gw = await server.group.makeGateway({
    tcp: `127.0.0.1:${server.port}`,
    token: TOKEN,
    env,
    permissions: { env: Object.keys(env) },
  });
  const read = (names: string[]) => names.map((name) => Deno.env.get(name));
  assertEquals(await gw.call(read, Object.keys(env)), Object.values(env));
  await gw.terminate();
});

test("deno= and a negative niceness are refused and named", async () => {
  await using server = new TestServer();
  await assertRejects(() => server.gateway("deno=/bin/sh"), LaunchError, "deno=/bin/sh");
  await assertRejects(() => server.gateway("nice=-5"), LaunchError, "nice=-5");
  await assertUnharmed(server);
});

test("a directory that no session may read is refused alike, whether it exists or not", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  await Deno.mkdir(`${path}/open/shut/here`, { recursive: true });
  await using server = new TestServer({
    permissions: { read: [`${path}/open`] },
    deny: { read: [`${path}/open/shut`] },
  });
  const told = async (chdir: string) => {
    const { message } = await assertRejects(() => server.gateway(`chdir=${chdir}`), LaunchError);
    return message.slice(message.indexOf("a session with")).replaceAll(chdir, "…");
  };
  assertEquals(await told(path), await told(`${path}/none`));
  assertEquals(await told(`${path}/open/../none`), await told(`${path}/none`));
  assertEquals(await told(`${path}/open/shut/here`), await told(`${path}/open/shut/none`));
  await server.refused(/a session with chdir=.* cannot have what the server does not grant: read=/);
  const gw = await server.gateway(`chdir=${path}/open//allow-read=${path}/open`);
  assertEquals(await gw.call(() => Deno.cwd()), `${path}/open`);
  await gw.terminate();
});

test("a session can neither read nor change the token file, under any name", async () => {
  await using directory = await TemporaryDirectory.make();
  const tokenFile = await directory.write("token", TOKEN, 0o600);
  await using server = new TestServer({ tokenFile, permissions: { read: true, write: true } });
  const gw = await server.gateway("allow-read//allow-write");
  const other = `${directory.path}/other`;
  const got = await gw.call(
    async (tokenFile: string, other: string) => {
      const cwd = tokenFile.replace(/[^/]*$/, "");
      const otherName = `/proc/self/root${tokenFile}`;
      const text = (url: string) => import(url, { with: { type: "text" } as never });
      const attempts: Record<string, () => unknown> = {
        read: () => Deno.readTextFileSync(tokenFile),
        dots: () => Deno.readTextFileSync(`${cwd}x/../token`),
        proc: () => Deno.readTextFileSync(otherName),
        import: () => import(`file://${tokenFile}`),
        importText: () => text(`file://${otherName}`),
        require: async () => (await import("node:module")).createRequire("file:///x.js")(otherName),
        removeByRoot: () => Deno.removeSync(otherName),
        environmentByText: () => text("file:///proc/self/environ"),
        copy: () => Deno.copyFileSync(tokenFile, other),
        link: () => Deno.linkSync(tokenFile, other),
        symlink: () => Deno.symlinkSync(tokenFile, other),
        symlinkDirectory: () => Deno.symlinkSync(cwd, other),
        rename: () => Deno.renameSync(tokenFile, other),
        write: () => Deno.writeTextFileSync(tokenFile, "mine"),
        remove: () => Deno.removeSync(tokenFile),
        chmod: () => Deno.chmodSync(tokenFile, 0o666),
        environment: () => Deno.env.toObject(),
        signal: () => Deno.kill(Deno.ppid, "SIGTERM"),
      };
      const got: string[] = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
          got.push(name);
        } catch (error) {
          if (!/Requires|requires/.test((error as Error).message)) got.push(`${name}: ${error}`);
        }
      }
      return got;
    },
    tokenFile,
    other,
  );
  assertEquals(got, []);
  await gw.terminate();
  await assertRejects(
    () =>
      server.group.makeGateway(
        `tcp=127.0.0.1:${server.port}` +
          `//token_file=${tokenFile}//allow-read=${tokenFile}`,
      ),
    LaunchError,
    "deny-read",
  );
  const again: Gateway = await server.group.makeGateway(
    `tcp=127.0.0.1:${server.port}//token_file=${tokenFile}`,
  );
  await again.terminate();
});

test("a client that stays although its process could not start blocks nobody", async () => {
  await using server = await ServerProgram.start({ args: ["--", "--allow-read=/no"] });
  const { address } = await server.logged("listening");
  const port = Number(String(address).split(":").at(-1));
  await using honest = new TestServer();
  for (let i = 0; i < 5; i++) {
    using control = await Attacker.connect(port);
    using data = await Attacker.connect(port);
    const session = crypto.getRandomValues(new Uint8Array(SESSION_ID_BYTES));
    const transcript = await control.enter("control", session);
    await control.ask(transcript, { chdir: "/no/such/place" });
    await data.enter("data", session);
    await data.closed();
    const gw = await inTime("a gateway", honest.group.makeGateway(await server.spec()));
    assertEquals(await inTime("a call", gw.call(() => 1)), 1);
    await gw.terminate();
  }
});

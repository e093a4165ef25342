/** Gateways over ssh, with a real sshd. */

import { getPriority } from "node:os";
import { assertEquals, assertMatch } from "@std/assert";
import { dryRun, GatewayClosedError, Group } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { Lines } from "../support/lines.ts";
import { runScript, whenGone } from "../support/processes.ts";
import { find } from "../support/needs.ts";
import { HOST, Sshd } from "../support/hosts/sshd.ts";
import { sshTest, startOverSsh } from "../support/hosts/sshd.ts";

/** A value that no shell may interpret as part of a command. */
const HOSTILE =
  `it's "$(touch pwned)" \`touch pwned\`; touch pwned & \\'\\\\ !touch !! %s \\0101\n$HOME ü`;

for (const shell of ["bash", "dash", "zsh", "fish", "tcsh"]) {
  sshTest(`${shell} as login shell runs no part of a hostile value`, async () => {
    await using sshd = await Sshd.start({ shell: find(shell) });
    const directory = `${sshd.home}/${HOSTILE.replaceAll("/", "")}`;
    await Deno.mkdir(directory);
    await using gw = await startOverSsh(sshd, {
      chdir: directory,
      env: { HOSTILE, "A-B.C": "odd name" },
      permissions: { env: true, read: [directory, "/no such/$(touch pwned)'"] },
    });
    assertEquals(
      await gw.call(() => [Deno.env.get("HOSTILE"), Deno.env.get("A-B.C"), Deno.cwd()]),
      [HOSTILE, "odd name", directory],
    );
    for (const place of [directory, sshd.home]) {
      const names = Array.from(Deno.readDirSync(place), ({ name }) => name);
      assertEquals(names.filter((name) => /^(pwned|touch)/.test(name)), []);
    }
  }, [shell]);
}

sshTest("the working directory is the home directory, and chdir= is relative to it", async () => {
  await using sshd = await Sshd.start();
  await using gw = await startOverSsh(sshd, { permissions: { read: true } });
  const home = await gw.call(() => Deno.cwd());
  const command = new Deno.Command("ssh", { args: ["-F", sshd.clientConfig, HOST, "pwd"] });
  assertEquals(home, new TextDecoder().decode((await command.output()).stdout).trim());
  await Deno.mkdir(`${sshd.home}/-work`);
  const up = "../".repeat(home.split("/").length - 1);
  await using work = await startOverSsh(sshd, {
    permissions: { read: true },
    chdir: `${up}${sshd.home.slice(1)}/-work`,
  });
  assertEquals(await work.call(() => Deno.cwd()), `${sshd.home}/-work`);
});

sshTest("Deno is found in ~/.deno/bin if PATH has none", async () => {
  await using directory = await TemporaryDirectory.make();
  const bin = directory.path;
  await using bare = await Sshd.start({ path: bin });
  for (const tool of ["sh", "env", "uname"]) await Deno.symlink(find(tool) ?? "", `${bin}/${tool}`);
  await Deno.mkdir(`${bare.home}/.deno/bin`, { recursive: true });
  const deno = `${bare.home}/.deno/bin/deno`;
  await Deno.writeTextFile(
    deno,
    `#!${find("sh")}\necho at home >&2\nexec ${Deno.execPath()} "$@"\n`,
  );
  await Deno.chmod(deno, 0o755);
  const lines = new Lines();
  await using _ = await startOverSsh(bare, { output: lines.take });
  await lines.has("stderr: at home");
  await using _too = await startOverSsh(bare, { deno: "~/.deno/bin/deno" });
});

sshTest("banners and a profile that prints do no harm", async () => {
  const noise = `for i in 1 2 3 4 5 6 7 8 9; do echo "Welcome $i to the noisy machine"; done`;
  await using sshd = await Sshd.start({
    server: [
      `Banner /etc/passwd`,
      `ForceCommand ${noise}; echo noise >&2; head -c 50000 /dev/zero; exec sh -c "$SSH_ORIGINAL_COMMAND"`,
    ],
  });
  await using gw = await startOverSsh(sshd);
  assertEquals(await gw.call((n: number) => n + 1, 1), 2);
});

sshTest("nice= and the exit code work over ssh", async () => {
  await using sshd = await Sshd.start();
  const gw = await startOverSsh(sshd, { nice: 3 });
  assertEquals(getPriority(gw.remote.pid), 3);
  gw.remoteExec(`console.log("on stdout"); console.error("on stderr"); Deno.exit(7)`);
  const { reason, code, stderrTail } = await gw.closed;
  assertEquals([reason, code], ["exit", 7]);
  assertEquals(stderrTail.sort(), ["on stderr", "on stdout"]);
});

sshTest("--allow-run=ssh and --allow-env are enough, even to end a busy loop", async () => {
  await using sshd = await Sshd.start();
  const { stdout, stderr } = await runScript(
    `const gw = await execnet.makeGateway(${JSON.stringify(sshd.spec)});
     const channel = gw.remoteExec("await channel.send(1); while (true);");
     await channel.receive();
     const { reason } = await gw.terminate({ timeout: 50 });
     console.log(reason, gw.remote.pid);`,
    ["--allow-run=ssh", "--allow-env"],
  );
  assertMatch(stdout, /^killed \d+/, stderr);
  await whenGone(Number(stdout.split(" ")[1]));
}, ["setpriv"]);

sshTest("more logins than the server accepts at once all succeed", async () => {
  await using sshd = await Sshd.start({ server: ["MaxStartups 2:100:2"] });
  await using group = new Group();
  await Promise.all(
    Array.from({ length: 10 }, () => group.makeGateway({ ...sshd.spec, output: "null" })),
  );
  assertEquals(group.size, 10);
});

sshTest(
  "more logins than the server accepts at once succeed where ssh is to be quiet",
  async () => {
    await using sshd = await Sshd.start({
      server: ["MaxStartups 2:100:2"],
      client: ["LogLevel FATAL"],
    });
    await using group = new Group();
    await Promise.all(
      Array.from({ length: 8 }, () => group.makeGateway({ ...sshd.spec, output: "null" })),
    );
    assertEquals(group.size, 8);
  },
);

for (
  const lines of [
    ["RemoteCommand date", "RequestTTY force"],
    ["StdinNull yes"],
    ["ForkAfterAuthentication yes"],
    ["SessionType none"],
    ["SessionType subsystem"],
    ["LogLevel QUIET"],
  ]
) {
  sshTest(
    `"${lines[0]}" in the user's configuration does not keep a gateway from starting`,
    async () => {
      await using sshd = await Sshd.start({ client: lines });
      await using gw = await startOverSsh(sshd);
      assertEquals(await gw.call((n: number) => n + 1, 1), 2);
    },
  );
}

sshTest("more isolated executions than the server accepts logins at once all succeed", async () => {
  await using sshd = await Sshd.start({ server: ["MaxStartups 10:100:10"] });
  await using group = new Group();
  const spec = { ...sshd.spec, output: "null" } as const;
  const gw = await group.makeGateway(spec);
  const started = Array.from(
    { length: 30 },
    (_, n) => gw.remoteExec(`await channel.send(args)`, n, { isolate: true }).receive(),
  );
  // With them, gateways wait in the start queue.
  const others = Array.from(
    { length: 4 },
    async () => (await group.makeGateway(spec)).call(() => 1),
  );
  const results = await Promise.allSettled([...started, ...others]);
  assertEquals(results.filter(({ status }) => status === "rejected"), []);
});

sshTest(
  "a gateway in the start queue behind executions that nobody waits for keeps the script alive",
  async () => {
    await using sshd = await Sshd.start();
    const { stdout, stderr } = await runScript(
      `const spec = ${JSON.stringify(sshd.spec)};
     const gw = await execnet.makeGateway(spec);
     for (let i = 0; i < 8; i++) {
       gw.remoteExec("await channel.receive()", undefined, { isolate: true });
     }
     execnet.makeGateway(spec).then(async () => console.log(await gw.call(() => "alive")));`,
      ["--allow-run=ssh", "--allow-env"],
    );
    assertEquals(stdout, "alive\n", stderr);
  },
);

sshTest("a group that is ended starts none of the gateways in the start queue", async () => {
  await using sshd = await Sshd.start();
  const group = new Group();
  const starting = Array.from(
    { length: 12 },
    () => group.makeGateway({ ...sshd.spec, output: "null" }),
  );
  const settled = Promise.allSettled(starting);
  await Promise.race(starting);
  await group.terminate();
  const results = await settled;
  assertEquals(group.size, 0);
  assert(results.some(({ status }) => status === "rejected"));
  for (const result of results) {
    if (result.status === "fulfilled") await result.value.closed;
    else assert(result.reason instanceof GatewayClosedError);
  }
});

sshTest(
  "dryRun() returns the command line, with defaults for settings that the user's configuration lacks",
  async () => {
    await using sshd = await Sshd.start();
    const command = await dryRun({ ...sshd.spec, connectTimeout: 5_000 });
    assertEquals(command.slice(0, -1), [
      "ssh",
      "-T",
      "-oBatchMode=yes",
      "-F",
      sshd.clientConfig,
      "-oConnectTimeout=4",
      "-oServerAliveInterval=15",
      "--",
      HOST,
    ]);
    const configured = await Sshd.start({ client: ["ServerAliveInterval 7", "ConnectTimeout 3"] });
    await using _ = configured;
    const plain = await dryRun({ ...configured.spec, ssh: `-v ${HOST}` });
    assertEquals(plain.slice(3, -1), ["-F", configured.clientConfig, "-v", "--", HOST]);
  },
);

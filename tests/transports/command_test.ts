/** Gateways behind commands that pass stdin and stdout on. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  DenoNotFoundError,
  dryRun,
  type Gateway,
  type GatewaySpec,
  Group,
  LaunchError,
  SpecError,
} from "../../mod.ts";
import { Lines } from "../support/lines.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { runScript, whenGone } from "../support/processes.ts";
import { testWith } from "../support/needs.ts";

function start(command: string, spec: Partial<GatewaySpec> = {}): Promise<Gateway> {
  return new Group().makeGateway({ command, output: "null", ...spec });
}

async function fails(
  spec: Partial<GatewaySpec>,
  kind: new (message: string) => LaunchError,
  ...patterns: RegExp[]
): Promise<void> {
  const group = new Group();
  const error = await assertRejects(
    () => group.makeGateway({ command: "env", id: "broken", output: "null", ...spec }),
    kind,
  );
  for (const pattern of [/gateway broken/, ...patterns]) assertMatch(error.message, pattern);
  assertEquals(error.name, kind.name);
}

test("command: the words of the prefix are passed unchanged, without a shell", async () => {
  const hostile = `$(touch pwned) 'a' "b" \\`;
  await using gw = await start(`env 'ODD=${hostile.replaceAll("'", `'\\''`)}'`, {
    permissions: { env: ["ODD", "A B"] },
    env: { "A B": hostile },
  });
  const seen = await gw.call(() => [Deno.env.get("ODD"), Deno.env.get("A B")]);
  assertEquals(seen, [hostile, hostile]);
});

test("command: output arrives, and cannot corrupt the protocol", async () => {
  const lines = new Lines();
  await using gw = await start("env", { output: lines.take, permissions: { run: true } });
  await gw.call(async () => {
    console.log("out");
    await Deno.stderr.write(new TextEncoder().encode("err\n"));
    await new Deno.Command("echo", { args: ["child"], stdout: "inherit" }).spawn().status;
  });
  for (const word of ["out", "err", "child"]) await lines.has(`stderr: ${word}`);
  assertEquals(await gw.call(() => Deno.stdin.readSync(new Uint8Array(1))), null);
});

test("command: each failure has an error that says why", async () => {
  await fails({ command: "no-such-program -x" }, LaunchError, /no program no-such-program; PATH=/);
  await fails(
    { command: "sh -c 'echo it is broken >&2; exit 3'" },
    LaunchError,
    /code 3/,
    /it is broken/,
  );
  await fails({ command: "true" }, LaunchError, /code 0/);
  await fails({ chdir: "/no where" }, LaunchError, /"\/no where"/);
  await fails({ deno: "/no/deno" }, DenoNotFoundError, /looked for \/no\/deno;/, /deno=/);
  for (const command of ["'a", '"', "a \\", "''"]) {
    await assertRejects(() => start(command), SpecError, "command");
  }
});

test("command: without a shell, a missing program is reported, too", async () => {
  const { stdout } = await runScript(
    `const error = await execnet.makeGateway("command=no-such-program").catch((error) => error);
     console.log(error.name, error.message);`,
    ["--allow-run=no-such-program", "--allow-env"],
  );
  assertMatch(stdout, /^LaunchError .*"no-such-program"/s);
});

test("command: a busy loop ends by terminate()", async () => {
  const gw = await start("env");
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  assertEquals((await gw.terminate({ timeout: 50 })).reason, "killed");
  await whenGone(gw.remote.pid);
});

test("command: dryRun() returns the program and its arguments", async () => {
  const [program, ...args] = await dryRun("command=docker exec -i 'my box'");
  assertEquals([program, ...args.slice(0, -1)], ["docker", "exec", "-i", "my box", "sh", "-c"]);
});

const CARRIERS: readonly [command: string, seen: string][] = [
  ["sudo -n -u nobody", "nobody"],
  ["runuser -u nobody --", "nobody"],
  ["setpriv --reuid 65534 --clear-groups", "nobody"],
  ["chroot /", "root"],
  ["chroot --userspec=nobody /", "nobody"],
  ["unshare --mount --net", "root"],
  ["unshare --pid --fork --mount-proc", "root"],
  [`nsenter --target ${Deno.pid} --mount`, "root"],
  ["nohup setsid --wait", "root"],
];

for (const [command, user] of CARRIERS) {
  testWith(
    ["linux", "root", command.split(" ")[0]],
    `command: ${command} carries a gateway as ${user}`,
    async () => {
      // The Deno that runs this may be in a folder that only root can read.
      await using directory = await TemporaryDirectory.make();
      await Deno.chmod(directory.path, 0o755);
      const deno = `${directory.path}/deno`;
      await Deno.copyFile(Deno.execPath(), deno);
      await using gw = await start(command, { deno, permissions: { sys: ["uid"] } });
      assertEquals(await gw.call(() => Deno.uid()), user === "root" ? 0 : 65534);
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      assertEquals(await gw.call((all: Uint8Array) => all, bytes), bytes);
    },
  );
}

testWith(
  ["root", "ip"],
  "command: ip netns exec carries a gateway into a network of its own",
  async () => {
    const name = `execnet-${crypto.randomUUID().slice(0, 8)}`;
    await ip("netns", "add", name);
    try {
      await using gw = await start(`ip netns exec ${name}`, {
        permissions: { sys: ["networkInterfaces"] },
      });
      const interfaces = await gw.call(() => Deno.networkInterfaces().map(({ name }) => name));
      assertEquals(interfaces, []);
    } finally {
      await ip("netns", "delete", name);
    }
  },
);

async function ip(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

test("command: deno= names another Deno", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write("deno", `#!/bin/sh\nexec ${Deno.execPath()} "$@"\n`, 0o755);
  await using gw = await start("env", { deno });
  assertEquals(gw.remote.deno, Deno.version.deno);
  await using here = await start("env", { deno: "./deno", chdir: directory.path });
  assertEquals(here.remote.deno, Deno.version.deno);
});

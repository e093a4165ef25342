/**
 * `deno task bench:link [ms] [MiB]`: gateways over ssh on a link with that round trip (default 50
 * ms),
 * between two network namespaces that it creates. Bulk sends MiB each way (default 128; 0 leaves it
 * out). Needs root, `ip`, `sshd` and `/usr/bin/python3`.
 */
import { here } from "./run.ts";

const NAMES = [`execnet-a-${Deno.pid}`, `execnet-b-${Deno.pid}`] as const;
const [NEAR, FAR] = ["10.77.0.1", "10.77.0.2"];
const HOST = "far";

const [roundTripMs = "50", bulkMib = "128"] = Deno.args;
const directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "link-" });
const children: Deno.ChildProcess[] = [];
try {
  for (const name of NAMES) {
    await run("ip", "netns", "add", name);
    await run("ip", "-n", name, "link", "set", "lo", "up");
  }
  await startLink();
  await startSshd();
  const client = `${directory}/ssh_config`;
  // A session that is established; sshd may need a moment.
  await inNear("ssh", "-F", client, "-oConnectionAttempts=10", HOST, "true");
  const measured = [Deno.execPath(), "run", "-A", here("link.ts"), HOST, client, bulkMib] as const;
  await inNear(...measured);
  await inNear("ssh", "-F", client, "-O", "exit", HOST);
} finally {
  for (const child of children.toReversed()) {
    child.kill("SIGTERM");
    await child.status;
  }
  for (const name of NAMES) {
    // Sessions of sshd outlive it.
    for (const pid of await pidsIn(name)) Deno.kill(pid, "SIGKILL");
    await run("ip", "netns", "delete", name).catch(console.error);
  }
  await Deno.remove(directory, { recursive: true });
}

async function startLink(): Promise<void> {
  const script = new URL("delay_link.py", import.meta.url).pathname;
  const ends = [NAMES[0], `${NEAR}/24`, NAMES[1], `${FAR}/24`];
  const link = new Deno.Command("/usr/bin/python3", {
    args: [script, ...ends, `${Number(roundTripMs) / 2}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  children.push(link);
  const { value } = await link.stdout.getReader().read();
  if (value === undefined) throw new Error("the link does not come up");
}

async function startSshd(): Promise<void> {
  for (const name of ["host_key", "id"]) {
    await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${directory}/${name}`);
  }
  await Deno.mkdir("/run/sshd", { recursive: true });
  const deno = Deno.execPath().replace(/\/[^/]*$/, "");
  const server = `ListenAddress ${FAR}:22
HostKey ${directory}/host_key
PidFile none
AuthorizedKeysFile ${directory}/id.pub
StrictModes no
UsePAM no
SetEnv HOME="${directory}" PATH="${deno}:/usr/local/bin:/usr/bin:/bin"
`;
  const client = `Host ${HOST}
HostName ${FAR}
IdentityFile ${directory}/id
IdentitiesOnly yes
UserKnownHostsFile ${directory}/known_hosts
StrictHostKeyChecking yes
ControlMaster auto
ControlPath ${directory}/master
ControlPersist yes
LogLevel ERROR
`;
  await Deno.writeTextFile(`${directory}/sshd_config`, server);
  await Deno.writeTextFile(`${directory}/ssh_config`, client);
  const key = await Deno.readTextFile(`${directory}/host_key.pub`);
  await Deno.writeTextFile(`${directory}/known_hosts`, `${FAR} ${key}`);
  const sshd = ["/usr/sbin/sshd", "-D", "-e", "-f", `${directory}/sshd_config`];
  const args = ["netns", "exec", NAMES[1], ...sshd];
  children.push(new Deno.Command("ip", { args, stdin: "null", stderr: "null" }).spawn());
}

async function pidsIn(name: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ip", { args: ["netns", "pids", name] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter(Boolean).map(Number);
}

function inNear(...command: readonly string[]): Promise<void> {
  return run("ip", "netns", "exec", NAMES[0], ...command);
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
}

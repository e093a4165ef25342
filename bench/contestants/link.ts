/**
 * One host over ssh, by this package and by `ssh` itself, alternating: `link.ts HOST SSH_CONFIG
 * BULK_MIB`.
 *
 * The parts of a start: `true` is the time of ssh for any command; `deno run` adds the start of a
 * process; `head` adds the input of the command, and its answer.
 */
import { type Gateway, makeGateway } from "@x/execnet";
import { median, MIB, timed } from "../measure.ts";

const ROUNDS = 3;
/** The pause before each start: TCP resets its congestion window after an idle timeout. */
const IDLE_MS = 1_500;
const EMPTY = "deno run --no-config data:application/javascript,";
/** The last is the size of the program of a gateway. */
const INPUTS = [1_000, 10_000, 26_000];
const [host, config, bulkMib] = Deno.args;
const SIZE = Number(bulkMib) * MIB;

function ssh(command: string, input = "/dev/null"): Promise<number> {
  return timed(async () => {
    const script = `${input === "/dev/null" ? "" : `${input} | `}ssh -F "$1" "$2" "$3" >/dev/null`;
    const { success } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", config, host, command],
      stdin: "null",
    }).output();
    if (!success) throw new Error(`ssh ${host} ${command} failed`);
  });
}

const idle = () => new Promise((resolve) => setTimeout(resolve, IDLE_MS));

async function up(gw: Gateway): Promise<void> {
  const channel = gw.remoteExec(`
    let size = 0;
    for await (const item of channel) size += item.length;
    await channel.send(size);
  `);
  const item = new Uint8Array(MIB);
  for (let sent = 0; sent < SIZE; sent += MIB) await channel.send(item);
  channel.closeSend();
  if (await channel.receive() !== SIZE) throw new Error("bytes were lost");
}

async function down(gw: Gateway): Promise<void> {
  const channel = gw.remoteExec(
    `const item = new Uint8Array(${MIB});
     for (let sent = 0; sent < args; sent += item.length) await channel.send(item);`,
    SIZE,
  );
  let size = 0;
  for await (const item of channel) size += (item as Uint8Array).length;
  if (size !== SIZE) throw new Error("bytes were lost");
}

const rate = (ms: number) => SIZE / MIB / ms * 1_000;
const figures = new Map<string, number[]>();
const note = (name: string, figure: number) =>
  figures.set(name, [...(figures.get(name) ?? []), figure]);

for (let round = 0; round < ROUNDS; round++) {
  await idle();
  note("ssh host true (ms)", await ssh("true"));
  await idle();
  note("ssh host deno run, empty (ms)", await ssh(EMPTY));
  for (const size of INPUTS) {
    await idle();
    const name = `ssh host head -c ${size} (ms)`;
    note(name, await ssh(`head -c ${size} >/dev/null`, `head -c ${size} /dev/zero`));
  }
  await idle();
  let gw: Gateway | undefined;
  note(
    "makeGateway (ms)",
    await timed(async () => {
      gw = await makeGateway({ ssh: host, ssh_config: config });
    }),
  );
  if (gw === undefined) throw new Error("no gateway");
  const started = gw;
  note("first result after it (ms)", await timed(async () => void await started.call(() => 1)));
  note("round trip of an integer (ms)", await timed(async () => void await started.call(() => 1)));
  if (SIZE === 0) {
    await started.terminate();
    continue;
  }
  note("ssh host cat, up (MiB/s)", rate(await ssh("cat >/dev/null", `head -c ${SIZE} /dev/zero`)));
  note("1 MiB items, up (MiB/s)", rate(await timed(() => up(started))));
  note("ssh host cat, down (MiB/s)", rate(await ssh(`head -c ${SIZE} /dev/zero | cat`)));
  note("1 MiB items, down (MiB/s)", rate(await timed(() => down(started))));
  await started.terminate();
}
for (const [name, values] of figures) {
  console.log(`${name.padEnd(32)} ${median(values).toFixed(1).padStart(8)}`);
}

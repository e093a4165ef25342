/** `deno task bench:tcp`: gateways behind a server beside local ones, and a server under load. */

import { type Channel, type Gateway, Group } from "../mod.ts";
import { serve, type Server } from "../serve.ts";
import { median, MIB } from "./measure.ts";

const TOKEN = crypto.randomUUID();
const ROUND_TRIPS = 3_000;
const BULK_ITEMS = 200;
const ROUNDS = 5;
const SESSIONS = 100;
const HELD_MS = 30_000;

const tls = (name: string) =>
  new URL(`../tests/support/server/tls/server.${name}`, import.meta.url).pathname;
const ECHO = `for await (const item of channel) await channel.send(item);`;

/** Starts the server as a program, in its own process, as users do. */
async function startServer(...args: string[]): Promise<{ address: string; end(): Promise<void> }> {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, TOKEN);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      new URL("../serve.ts", import.meta.url).pathname,
      "0",
      `--token-file=${file}`,
      "--max-sessions=200",
      ...args,
    ],
    stdin: "null",
    stderr: "piped",
  }).spawn();
  const address = Promise.withResolvers<string>();
  const read = async () => {
    let log = "";
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream() as never)) {
      log = (log + text).slice(-1_000);
      const listening = /"listening","address":"([^"]+)"/.exec(log);
      if (listening !== null) address.resolve(listening[1]);
    }
    address.reject(new Error(`the server has ended: ${log}`));
  };
  read();
  return {
    address: await address.promise,
    async end() {
      for (let i = 0; i < 2; i++) child.kill("SIGTERM");
      await child.status;
      await Deno.remove(file);
    },
  };
}

/** Returns the microseconds of a round trip. */
async function roundTrip(channel: Channel): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < ROUND_TRIPS; i++) {
    await channel.send(i);
    await channel.receive();
  }
  return (performance.now() - start) / ROUND_TRIPS * 1_000;
}

async function up(gw: Gateway): Promise<number> {
  const channel = gw.remoteExec(
    `let n = 0; for await (const item of channel) n++; await channel.send(n);`,
  );
  const start = performance.now();
  const item = new Uint8Array(MIB);
  for (let i = 0; i < BULK_ITEMS; i++) await channel.send(item);
  channel.closeSend();
  await channel.receive();
  return BULK_ITEMS / (performance.now() - start) * 1_000;
}

async function down(gw: Gateway): Promise<number> {
  const start = performance.now();
  const channel = gw.remoteExec(
    `const item = new Uint8Array(${MIB}); for (let i = 0; i < args; i++) await channel.send(item);`,
    BULK_ITEMS,
  );
  for await (const _ of channel);
  return BULK_ITEMS / (performance.now() - start) * 1_000;
}

/** Measures all kinds alternately, so that other load on the machine affects all of them. */
async function compare(specs: Readonly<Record<string, string>>): Promise<void> {
  await using group = new Group();
  const kinds = [];
  for (const [name, spec] of Object.entries(specs)) {
    const starts: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const start = performance.now();
      const gw = await group.makeGateway(spec);
      await gw.call(() => 1);
      starts.push(performance.now() - start);
      await gw.terminate();
    }
    const gw = await group.makeGateway(spec);
    const echo = gw.remoteExec(ECHO);
    await roundTrip(echo);
    kinds.push({ name, gw, echo, rows: [starts, [], [], []] as number[][] });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { gw, echo, rows } of kinds) {
      rows[1].push(await roundTrip(echo));
      rows[2].push(await up(gw));
      rows[3].push(await down(gw));
    }
  }
  console.log(`| | ${kinds.map(({ name }) => name).join(" | ")} |`);
  for (
    const [i, title] of [
      "start to first result (ms)",
      "round trip of an integer (µs)",
      "1 MiB items to the gateway (MiB/s)",
      "1 MiB items from the gateway (MiB/s)",
    ].entries()
  ) {
    const own = median(kinds[0].rows[i]);
    const cells = kinds.map(({ rows }) => {
      const value = median(rows[i]);
      return `${value.toFixed(value < 100 ? 1 : 0)} (${(value / own).toFixed(2)} ×)`;
    });
    console.log(`| ${title} | ${cells.join(" | ")} |`);
  }
}

/** Many sessions that all echo for a while. */
async function hold(spec: string): Promise<void> {
  await using group = new Group();
  const channels: Channel[] = [];
  for (let i = 0; i < SESSIONS; i++) {
    channels.push((await group.makeGateway(spec)).remoteExec(ECHO));
  }
  const end = performance.now() + HELD_MS;
  const counts = await Promise.all(channels.map(async (channel) => {
    let count = 0;
    for (; performance.now() < end; count++) {
      await channel.send(count);
      if (await channel.receive() !== count) throw new Error("an item was lost");
    }
    return count;
  }));
  const total = counts.reduce((sum, count) => sum + count, 0);
  console.log(
    `${SESSIONS} sessions for ${HELD_MS / 1_000} s: ${total} items echoed, none lost; ` +
      `${Math.min(...counts)} to ${Math.max(...counts)} each`,
  );
}

/** The round trip of one client while another opens connections and sends garbage. */
async function besideFlood(server: Server, spec: string): Promise<void> {
  await using group = new Group();
  const echo = (await group.makeGateway(spec)).remoteExec(ECHO);
  await roundTrip(echo);
  const quiet = await roundTrip(echo);
  const flood = new Deno.Command(Deno.execPath(), {
    args: ["eval", FLOOD, `${server.address.port}`],
    stdin: "null",
  }).spawn();
  const flooded: number[] = [];
  for (let i = 0; i < ROUNDS; i++) flooded.push(await roundTrip(echo));
  flood.kill("SIGKILL");
  await flood.status;
  console.log(
    `round trip beside a hostile client: ${(median(flooded) / quiet).toFixed(2)} × that without`,
  );
}

const FLOOD = `
const conns = [];
for (;;) {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(Deno.args[0]) });
  conn.write(crypto.getRandomValues(new Uint8Array(200))).catch(() => {});
  conns.push(conn);
  if (conns.length > 200) conns.shift().close();
  await new Promise((resolve) => setTimeout(resolve, 5));
}`;

const plain = await startServer();
const secure = await startServer(`--tls-cert=${tls("pem")}`, `--tls-key=${tls("key")}`);
const spec = `tcp=${plain.address}//token=${TOKEN}`;
await compare({
  popen: "popen",
  tcp: spec,
  "tcp, TLS": `tcp=${secure.address}//token=${TOKEN}//ca=${tls("pem")}`,
});
await hold(spec);
await Promise.all([plain.end(), secure.end()]);
await using server = serve({ token: TOKEN, log: () => {} });
await besideFlood(server, `tcp=127.0.0.1:${server.address.port}//token=${TOKEN}`);

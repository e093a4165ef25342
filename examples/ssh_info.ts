/**
 * Shows what runs on hosts that ssh reaches, asked all at once. Each argument is what follows
 * `ssh=` in a spec.
 *
 *     deno run --allow-run=ssh,/bin/sh --allow-env examples/ssh_info.ts user@one two
 *
 * With `--config=FILE` before them, ssh reads that configuration in place of the user's.
 *
 * @module
 */
import { type Gateway, Group } from "@x/execnet";

const config = Deno.args.find((arg) => arg.startsWith("--config="))?.slice("--config=".length);
const hosts = Deno.args.filter((arg) => !arg.startsWith("--config="));
if (hosts.length === 0) {
  console.error("usage: ssh_info.ts [--config=FILE] host…");
  Deno.exit(2);
}

await using group = new Group();

async function rowOf(host: string): Promise<string[]> {
  let gw: Gateway;
  try {
    gw = await group.makeGateway({
      ssh: host,
      ssh_config: config,
      permissions: { sys: ["hostname", "loadavg"] },
      output: "null", // what ssh prints of a failure is in the error, too
    });
  } catch (error) {
    return [host, error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : "?"];
  }
  const { os, arch, deno, pid } = gw.remote; // known from the handshake
  const [name, load] = await gw.call(() => [Deno.hostname(), Deno.loadavg()[0].toFixed(2)]);
  return [host, name, `${os} ${arch}`, `Deno ${deno}`, `pid ${pid}`, `load ${load}`];
}

const rows = await Promise.all(hosts.map(rowOf));
const widths = [0, 1, 2, 3, 4].map((column) =>
  Math.max(...rows.map((row) => row.length > 2 || column === 0 ? row[column].length : 0))
);
for (const row of rows) {
  console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd());
}

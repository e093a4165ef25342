/**
 * Serves a directory of a host that ssh reaches: asks for its files by name, and copies them here.
 * The gateway may read that directory, and nothing else.
 *
 *     deno run --allow-run=ssh,/bin/sh --allow-env examples/ssh_fileserver.ts user@host /var/log
 *
 * Prints each file's size and SHA-256. With `--config=FILE` before the host, ssh reads that
 * configuration. To copy directories, with their modes and times and only what differs, use `pull`
 * of `@x/execnet/sync`, as `collect_logs.ts` does.
 *
 * @module
 */
import { type Channel, Group } from "@x/execnet";

/** Runs there: each name that arrives is answered by the file's bytes, on a channel of its own. */
async function serve(
  channel: Channel<{ name: string; to: Channel }, string[]>,
  directory: string,
): Promise<void> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(directory)) if (entry.isFile) names.push(entry.name);
  await channel.send(names.sort());
  for await (const { name, to } of channel) {
    using file = await Deno.open(`${directory}/${name}`);
    const buffer = new Uint8Array(64 * 1024);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      await to.send(buffer.slice(0, count));
    }
    to.closeSend();
  }
}

const config = Deno.args.find((arg) => arg.startsWith("--config="))?.slice("--config=".length);
const [host, directory] = Deno.args.filter((arg) => !arg.startsWith("--config="));
if (directory === undefined) {
  console.error("usage: ssh_fileserver.ts [--config=FILE] host directory");
  Deno.exit(2);
}

await using group = new Group();
const gw = await group.makeGateway({
  ssh: host,
  ssh_config: config,
  permissions: { read: [directory] },
});
const server = gw.remoteExec(serve, directory);
for (const name of await server.receive()) {
  const bytes = gw.newChannel<Uint8Array<ArrayBuffer>>();
  await server.send({ name, to: bytes });
  const content = await new Response(ReadableStream.from(bytes)).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
  console.log(`${hash}  ${content.byteLength}  ${name}`);
}

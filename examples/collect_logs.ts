/**
 * Collects the log files of several gateways, each into a directory of its own, and then only what
 * has been added to them. The argument is where they go (default: a temporary directory).
 *
 *     deno run --allow-run=/bin/sh --allow-env --allow-read --allow-write examples/collect_logs.ts
 *
 * Here each gateway is a local process with a directory that stands for the `/var/log` of a host. A
 * real host is `ssh=user@host//allow-read=/var/log`.
 *
 * @module
 */
import { Group } from "@x/execnet";
import { pull } from "@x/execnet/sync";

const hosts = await Deno.makeTempDir();
const collected = Deno.args[0] ?? `${hosts}/collected`;
await Deno.mkdir(collected, { recursive: true });
for (const name of ["web", "db"]) {
  await Deno.mkdir(`${hosts}/${name}`);
  await Deno.writeTextFile(`${hosts}/${name}/${name}.log`, "started\n".repeat(20_000));
  await Deno.writeTextFile(`${hosts}/${name}/${name}.pid`, "17\n");
}

await using group = await Group.open([
  `popen//id=web//allow-read=${hosts}/web`,
  `popen//id=db//allow-read=${hosts}/db`,
]);
for (const round of [1, 2]) {
  const reports = await Promise.all(
    Array.from(
      group,
      (gateway) =>
        pull({ gateway, path: `${hosts}/${gateway.id}` }, `${collected}/${gateway.id}`, {
          include: ["*.log"],
          delta: "always", // by default for hosts over a network only
        }),
    ),
  );
  for (const { target, bytes } of reports) {
    const { sent, total } = bytes;
    console.log(
      `round ${round}: ${target.gateway}: ${sent < total ? "a part" : "all"} of ${total} bytes`,
    );
  }
  await Deno.writeTextFile(`${hosts}/web/web.log`, "stopped\n", { append: true });
  await Deno.writeTextFile(`${hosts}/db/db.log`, "stopped\n", { append: true });
}
for (const { id } of group) {
  const names = Array.from(Deno.readDirSync(`${collected}/${id}`), ({ name }) => name);
  console.log(`${id}: ${names.join(", ")}`);
}
await Deno.remove(hosts, { recursive: true });

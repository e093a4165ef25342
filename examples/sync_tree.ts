/**
 * Copies a directory to three gateways, twice, and shows how far each is. The first argument is the
 * directory (default: that of this file), the second where the copies go (default: a temporary one).
 *
 *     deno run --allow-run=/bin/sh --allow-env --allow-read --allow-write examples/sync_tree.ts
 *
 * Gateways over ssh take the same code: `ssh=user@host//allow-read=/srv/site//allow-write=/srv/site`.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Group } from "@x/execnet";
import { push, type SyncProgress } from "@x/execnet/sync";

const [source = fileURLToPath(new URL(".", import.meta.url)), given] = Deno.args;
const copies = given ?? await Deno.makeTempDir();
const names = ["one", "two", "three"];

await using group = await Group.open(names.map((name) => {
  const path = `${copies}/${name}`;
  return `popen//id=${name}//allow-read=${path}//allow-write=${path}`;
}));
const targets = Array.from(group, (gateway) => ({ gateway, path: `${copies}/${gateway.id}` }));

function show({ target, files, filesTotal, bytes, bytesTotal, scanning }: SyncProgress): void {
  const more = scanning ? "+" : "";
  console.error(
    `${target.gateway}: ${files}/${filesTotal}${more} files, ${bytes}/${bytesTotal}${more} bytes`,
  );
}

// One walk through the source serves all three; a slow one holds no other back.
for (const run of ["first", "second"]) {
  const reports = await push(source, targets, { delete: true, onProgress: show });
  for (const { target, created, unchanged, bytes } of reports) {
    const kept = `${unchanged} the same`;
    console.log(`${run} ${target.gateway}: ${created} new, ${kept}, ${bytes.sent} bytes sent`);
  }
}
if (given === undefined) await Deno.remove(copies, { recursive: true });

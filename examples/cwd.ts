/**
 * Compares the working directories of gateways: by default this process's own, or `chdir`.
 *
 *     deno run --allow-run --allow-env --allow-read examples/cwd.ts
 *
 * (`--allow-read` is for this process: asking for the working directory needs it.)
 *
 * @module
 */
import { Group } from "@x/execnet";

await using group = new Group();
await group.makeGateway("popen//id=here//allow-read");
await group.makeGateway("popen//id=root//allow-read//chdir=/");
await group.makeGateway("popen//id=also-root//allow-read//chdir=/");

const cwds = new Map<string, string>();
for (const gw of group) {
  const cwd = await gw.call(() => Deno.cwd());
  cwds.set(gw.id, cwd);
  console.log(`${gw.id}: ${cwd}`);
}

console.log("here is where this process is:", cwds.get("here") === Deno.cwd());
console.log("root and also-root are the same:", cwds.get("root") === cwds.get("also-root"));
console.log("here and root are the same:", cwds.get("here") === cwds.get("root"));

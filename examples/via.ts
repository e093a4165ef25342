/**
 * Starts gateways through another: where you can reach one machine, and that one the others.
 *
 *     deno run --allow-run=/bin/sh --allow-env examples/via.ts
 *
 * Here all of them are on this machine; `ssh=worker1//id=one//via=bastion` is the same over ssh.
 *
 * @module
 */
import { Group } from "@x/execnet";

// In any order: each starts after the one that it runs through. The middle one needs `allow-run`
// for what it starts, and nothing else; what is behind it has only what its own spec grants.
await using group = await Group.open([
  "popen//id=one//via=bastion",
  "popen//id=two//via=bastion",
  "popen//id=bastion//allow-run=/bin/sh",
]);

const sum = (numbers: number[]) => numbers.reduce((total, n) => total + n, 0);
for (const id of ["one", "two"]) {
  const gateway = group.get(id);
  console.log(`${id} says ${await gateway?.call(sum, [1, 2, 3])}`);
}

// The bytes of both go through the bastion, which shows what it carries.
console.log(await group.get("bastion")?.remoteStatus().then(({ executing }) => executing.sort()));

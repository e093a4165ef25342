/**
 * Lets Slurm place a group of gateways, and shares work out among them: each counts the primes of
 * some ranges. The argument is how many gateways; default 2.
 *
 *     deno run --allow-run=srun,/bin/sh --allow-env examples/slurm_group.ts 4
 *
 * `srun` needs `--unbuffered`: it would hold back what is less than a line.
 *
 * @module
 */
import { Group } from "@x/execnet";

const count = Number(Deno.args[0] ?? 2);
await using group = new Group();
await Promise.all(Array.from({ length: count }, () =>
  group.makeGateway({
    command: "srun --quiet --unbuffered --ntasks=1 --overlap",
    permissions: { env: ["SLURM_JOB_ID", "SLURMD_NODENAME"] },
    connectTimeout: 600_000, // a queue may take its time
  })));

function countPrimes(from: number, to: number): { node: string; job: string; primes: number } {
  let primes = 0;
  for (let n = Math.max(from, 2); n < to; n++) {
    let divisor = 2;
    while (divisor * divisor <= n && n % divisor !== 0) divisor++;
    if (divisor * divisor > n) primes++;
  }
  const [node, job] = ["SLURMD_NODENAME", "SLURM_JOB_ID"].map((name) => Deno.env.get(name) ?? "?");
  return { node, job, primes };
}

const STEP = 25_000;
const results = await Promise.all(
  Array.from(group, (gw, index) => gw.call(countPrimes, index * STEP, (index + 1) * STEP)),
);
const jobs = new Set(results.map(({ job }) => job));
for (const { node, primes } of results) console.log(`${node}: ${primes} primes`);
const sum = results.reduce((total, { primes }) => total + primes, 0);
console.log(`${sum} primes below ${count * STEP}, counted by ${jobs.size} jobs`);

/**
 * What a start waits for that does not answer, told by what is printed.
 *
 * @module
 */

interface Wait {
  readonly pattern: RegExp;
  /** What it waits for, and what to do. */
  readonly say: string;
}

const WAITS: readonly Wait[] = [
  {
    pattern: /^srun: job \d+ queued and waiting for resources/m,
    say: "Slurm has put it into the queue, and nothing runs yet: raise connectTimeout, or start " +
      "gateways within an allocation (salloc, sbatch); the job is revoked",
  },
  {
    pattern: /^srun: .*(step creation temporarily disabled|Cancelled pending job step)/m,
    say: "another step of this allocation, such as another gateway, has what it asks for: add " +
      "--overlap to srun, or ask for less",
  },
];

/** Returns what a start waits for, and what to do, if what it printed tells that. */
export function waitAdvice(printed: string): string | undefined {
  return WAITS.find(({ pattern }) => pattern.test(printed))?.say;
}

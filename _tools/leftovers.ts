/**
 * Finds processes that outlive a test run, by an environment variable that all processes of the run
 * inherit.
 */
export const RUN_MARKER = "EXECNET_TEST_RUN";

/** An initiator that was killed leaves a shell that ends its gateways, within six seconds. */
const GRACE_MS = 8_000;
const POLL_MS = 20;

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** Returns the processes that are left after a short grace period. */
export async function findLeftovers(run: string): Promise<Leftover[]> {
  const deadline = performance.now() + GRACE_MS;
  while (true) {
    const found = await findMarked(run);
    if (found.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function kill(leftovers: Leftover[]): void {
  for (const { pid } of leftovers) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

async function findMarked(run: string): Promise<Leftover[]> {
  // Other systems do not show the environment of a process; CI also runs on Linux.
  if (Deno.build.os !== "linux") return [];
  const found: Leftover[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readProc(name, "environ");
    if (!environment.split("\0").includes(`${RUN_MARKER}=${run}`)) continue;
    const command = (await readProc(name, "cmdline")).split("\0").join(" ");
    found.push({ pid: Number(name), command: command.trim().slice(0, 200) });
  }
  return found;
}

async function readProc(pid: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/${file}`);
  } catch {
    // The process is another user's, or has ended.
    return "";
  }
}

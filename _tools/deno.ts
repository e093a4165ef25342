/**
 * Starts the Deno that runs the tools. Under `npx -y deno` there may be none on PATH.
 */
import { ROOT } from "./paths.ts";

const FORWARDED: Deno.Signal[] = ["SIGTERM", "SIGHUP", "SIGINT"];

/** Runs Deno with our stdin, stdout, stderr and signals, in `cwd`. Returns its exit code. */
export async function runAttached(args: string[], cwd: string | URL = ROOT): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args, cwd })
    .spawn();
  using _ = forwardSignals(child);
  return (await child.status).code;
}

export interface Captured {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Deno without input, and captures its output. */
export async function runCaptured(
  args: string[],
  { env = {}, ...options }: {
    cwd?: URL;
    env?: Record<string, string>;
    signal?: AbortSignal;
  } = {},
): Promise<Captured> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
  using _ = forwardSignals(child);
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    success,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

export function forwardSignals(child: Deno.ChildProcess): Disposable {
  const handlers = FORWARDED.map((signal) => {
    const handler = () => {
      // A terminal sends SIGINT to the child as well, and a second one may mean "at once".
      if (signal === "SIGINT" && Deno.stdin.isTerminal()) return;
      try {
        child.kill(signal);
      } catch {
        // It has ended.
      }
    };
    return { signal, handler };
  });
  for (const { signal, handler } of handlers) {
    Deno.addSignalListener(signal, handler);
  }
  return {
    [Symbol.dispose]() {
      for (const { signal, handler } of handlers) {
        Deno.removeSignalListener(signal, handler);
      }
    },
  };
}

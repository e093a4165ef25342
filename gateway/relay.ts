/**
 * What a middle gateway runs to carry another: it starts a process and passes bytes on.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";

/** What to start, and the channel beside that of the execution. */
export interface RelayArgs {
  command: readonly [string, ...string[]];
  /** The same as what ends with its parent: where a shell may be run for that. */
  guarded: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  /** Signals come on it; stderr, and the exit status at last, go back. */
  side: Channel<Deno.Signal, RelayReport>;
}

/** Bytes of stderr, or how the process has ended. */
export type RelayReport = Uint8Array | { code: number | null; signal: string | null };

/**
 * Sent as text: it uses nothing but its parameters. `channel` carries stdin and stdout.
 *
 * Where the initiator goes away, or closes the channel, the process is killed.
 */
export async function relay(
  channel: Channel<Uint8Array, Uint8Array>,
  { command, guarded, env, side }: RelayArgs,
): Promise<void> {
  const { state } = Deno.permissions.querySync({ name: "run", command: guarded[0] });
  const [program, ...args] = state === "granted" ? guarded : command;
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch { /* it has ended */ }
  };
  channel.signal.addEventListener("abort", () => kill("SIGKILL"));
  side.setCallback(kill);
  const feed = async () => {
    const input = child.stdin.getWriter();
    for await (const chunk of channel) await input.write(chunk);
    await input.close();
  };
  const pass = async (
    from: ReadableStream<Uint8Array>,
    to: { send(chunk: Uint8Array): Promise<void> },
  ) => {
    // Three times as quick as a reader that gets a new buffer each time.
    const reader = from.getReader({ mode: "byob" });
    let buffer = new ArrayBuffer(64 * 1024);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      await to.send(value);
      buffer = value.buffer;
    }
  };
  feed().catch(() => {}); // the process no longer reads, or the initiator is gone
  const passed = Promise.allSettled([pass(child.stdout, channel), pass(child.stderr, side)]);
  const { code, signal } = await child.status;
  // One that the process left behind may hold its pipes open.
  const lastBytesMs = 500;
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([passed, new Promise((resolve) => timer = setTimeout(resolve, lastBytesMs))]);
  clearTimeout(timer);
  await side.send(signal === null ? { code, signal } : { code: null, signal });
  side.close();
}

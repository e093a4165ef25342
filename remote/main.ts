/**
 * The program of a gateway. It is bundled into one text, which the loader runs.
 *
 * @module
 */

import { captured } from "../internal/timers.ts";
import type { Boot } from "./boot.ts";
import { itemsDecoded } from "./collector.ts";
import { DescriptorStream } from "./descriptors.ts";
import { Executor } from "./executor.ts";

declare const boot: Boot;

// Taken now: user code may replace them.
const { exit, pid } = Deno;
const kill = captured(Deno, "kill");

const stream = new DescriptorStream(boot, () => executor.ping());
const executor = new Executor(stream, async (isOrphan) => {
  // Nobody else is left to end what executions have started.
  if (isOrphan) killGroup();
  else await stream.finish();
  exit(0);
}, itemsDecoded);

function killGroup(): void {
  try {
    kill()(-pid, "SIGKILL");
  } catch { /* it may not, so that it has started nothing; or it leads no group */ }
}

// Without these, one forgotten promise of one execution would end all others with it.
for (const type of ["unhandledrejection", "error"] as const) {
  globalThis.addEventListener(type, (event) => {
    event.preventDefault();
    const thrown = event instanceof PromiseRejectionEvent
      ? event.reason
      : (event as ErrorEvent).error;
    executor.uncaught({ thrown, isRejection: event instanceof PromiseRejectionEvent });
  });
}

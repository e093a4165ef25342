/**
 * The program that runs in a gateway. It is bundled into one text, which the loader runs.
 *
 * @module
 */

import { captured } from "../internal/timers.ts";
import { ORPHANED } from "../protocol/constants.ts";
import type { Boot } from "./boot.ts";
import { collector } from "./collector.ts";
import { DescriptorStream } from "./descriptors.ts";
import { Executor } from "./executor.ts";

declare const boot: Boot;

// Captured now: user code may replace them.
const { exit, pid } = Deno;
const kill = captured(Deno, "kill");

const stream = new DescriptorStream(boot, () => executor.ping());
const executor = new Executor(stream, async (isOrphan) => {
  // Without an initiator, nobody else ends the processes that executions have started.
  if (isOrphan) killGroup();
  else await stream.finish();
  exit(isOrphan ? ORPHANED : 0);
}, collector);

function killGroup(): void {
  try {
    kill()(-pid, "SIGKILL");
  } catch { /* it has no permission, or leads no group: others end what it has started */ }
}

// Without these, a forgotten promise of one execution would end all others.
for (const type of ["unhandledrejection", "error"] as const) {
  globalThis.addEventListener(type, (event) => {
    event.preventDefault();
    const thrown = event instanceof PromiseRejectionEvent
      ? event.reason
      : (event as ErrorEvent).error;
    executor.uncaught({ thrown, isRejection: event instanceof PromiseRejectionEvent });
  });
}

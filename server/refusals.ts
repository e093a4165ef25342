/**
 * Refusals of strangers in the log: the first ones singly, all others as sums.
 *
 * @module
 */

import { escapeControls } from "../internal/escape.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { ServerEvent, ServerLog } from "./log.ts";

/** A refusal, as the log has it. */
export type Refused = ServerEvent & { event: "refused" };

const WINDOW_MS = 10_000;
/** Refusals of one reason that are logged singly, in each window. */
const SINGLY = 10;
/** Reasons that are told apart in each window, and hosts that are counted. */
const MAX_REASONS = 20;
const MAX_HOSTS = 1_000;
const OTHER = "other reasons";

/** Logs the refusals of strangers, so that a flood of them is a few lines. */
export class Refusals {
  readonly #log: ServerLog;
  readonly #windowMs: number;
  #window: { timer: Timer; seen: Map<string, number> } | undefined;
  #summed: { count: number; hosts: Set<string>; reasons: Record<string, number> } | undefined;

  /** @param windowMs Milliseconds between two sums. */
  constructor(log: ServerLog, windowMs: number = WINDOW_MS) {
    this.#log = log;
    this.#windowMs = windowMs;
  }

  /** Logs or counts a refusal. */
  add(refused: Refused, host: string): void {
    const { seen } = this.#window ??= this.#open();
    const reason = escapeControls(refused.reason);
    const known = seen.has(reason) || seen.size < MAX_REASONS ? reason : OTHER;
    const before = seen.get(known) ?? 0;
    seen.set(known, before + 1);
    if (before < SINGLY) return this.#log(refused);
    const summed = this.#summed ??= { count: 0, hosts: new Set(), reasons: Object.create(null) };
    summed.count++;
    summed.reasons[known] = (summed.reasons[known] ?? 0) + 1;
    if (summed.hosts.size < MAX_HOSTS) summed.hosts.add(host);
  }

  /** Logs what was counted since the last time. */
  flush(): void {
    clearTimer(this.#window?.timer);
    this.#window = undefined;
    if (this.#summed === undefined) return;
    const { count, hosts, reasons } = this.#summed;
    this.#summed = undefined;
    this.#log({ event: "refusals", count, hosts: hosts.size, reasons: { ...reasons } });
  }

  #open(): { timer: Timer; seen: Map<string, number> } {
    const timer = setTimeout(() => this.flush(), this.#windowMs);
    Deno.unrefTimer(timer);
    return { timer, seen: new Map() };
  }
}

/**
 * Runs one side of a sync here and the other at a gateway.
 *
 * @module
 */

import { messageOf } from "../../internal/errors.ts";
import type { Channel, Gateway } from "../../mod.ts";
import type { SyncOptions } from "../options.ts";
import type { FarArguments, Settings } from "../wire/settings.ts";
import { FAR } from "./_far.gen.ts";
import type { LocalReporter } from "./local_reporter.ts";

/** Milliseconds for the far side to remove its temporaries when it is stopped. */
const CLEANUP_MS = 2_000;

/** One side at a gateway, the other here. */
export interface Run {
  gateway: Gateway;
  role: FarArguments["role"];
  path: string;
  settings: Settings;
  reporter: LocalReporter;
  signal: AbortSignal;
  /** Runs the side that is here. */
  side(channel: Channel): Promise<void>;
}

/**
 * Runs both sides. What fails is reported.
 *
 * @throws the reason of the signal when that is aborted.
 */
export async function runBoth(run: Run): Promise<void> {
  const { gateway, role, path, settings, reporter, signal } = run;
  signal.throwIfAborted();
  let channel: Channel | undefined;
  const stop = () => channel?.close();
  signal.addEventListener("abort", stop);
  try {
    channel = gateway.remoteExec(FAR, { role, path, settings }, { name: `sync ${role}` });
    await run.side(channel);
    await channel.waitClose();
  } catch (error) {
    signal.throwIfAborted();
    reporter.error({
      path: "",
      operation: "sync",
      code: error instanceof Error ? error.name : "Error",
      message: messageOf(error),
    });
  } finally {
    signal.removeEventListener("abort", stop);
    channel?.close();
    await channel?.waitClose({ timeout: CLEANUP_MS }).catch(() => {});
  }
}

/** What ends a sync: the user's signal, and what functions of the user throw. */
export class Ending {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();

  constructor(signal: AbortSignal | undefined) {
    const own = this.#controller.signal;
    this.signal = signal === undefined ? own : AbortSignal.any([signal, own]);
  }

  /** Returns the options with functions a throw of which ends the sync. */
  guarded(options: SyncOptions): SyncOptions {
    return {
      ...options,
      filter: this.#guard(options.filter),
      onChange: this.#guard(options.onChange),
      onProgress: this.#guard(options.onProgress),
    };
  }

  #guard<Args extends unknown[], Result>(
    call: ((...args: Args) => Result) | undefined,
  ): ((...args: Args) => Result) | undefined {
    return call && ((...args) => {
      try {
        return call(...args);
      } catch (error) {
        this.#controller.abort(error);
        throw error;
      }
    });
  }
}

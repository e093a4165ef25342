/**
 * Fetches a tree or a file from a gateway.
 *
 * @module
 */

import { checkSyncOptions, settingsOf, type SyncOptions } from "./options.ts";
import { SyncError, type SyncReport } from "./report.ts";
import { acceptsOf, LocalReporter } from "./run/local_reporter.ts";
import { linkSettingsOf } from "./run/link_settings.ts";
import { Ending, runBoth } from "./run/run.ts";
import { checkTarget, localPath, type SyncTarget } from "./target.ts";
import { Receiver } from "./target/receiver.ts";

/**
 * Makes a place here the same as a directory or a file at a gateway: {@linkcode push} turned round.
 *
 * The gateway needs `allow-read` of `path`, and this process `--allow-read` and `--allow-write` of
 * `to`; of the directory around it, if the source is a file.
 *
 * @throws {SyncError} at the end, if anything could not be done. All else was. With
 * `onError: "report"` only the report says so.
 * @throws {TypeError} if an option is unknown, or anything is of a wrong type.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { pull } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [logs, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${logs}/app.log`, "started\n");
 * await using gateway = await makeGateway(`popen//allow-read=${logs}`);
 * await pull({ gateway, path: logs }, copy);
 * assertEquals(await Deno.readTextFile(`${copy}/app.log`), "started\n");
 * ```
 */
export async function pull(
  source: SyncTarget,
  to: string | URL,
  options: SyncOptions = {},
): Promise<SyncReport> {
  checkSyncOptions("pull", options);
  checkTarget("pull", source);
  const path = localPath("pull", to);
  options.signal?.throwIfAborted();
  const ending = new Ending(options.signal);
  const guarded = ending.guarded(options);
  const { gateway } = source;
  const settings = { ...settingsOf(options), ...linkSettingsOf(gateway, options) };
  const name = { gateway: gateway.id, index: 0 };
  const reporter = new LocalReporter(name, { role: "send", path: source.path }, guarded, path);
  await runBoth({
    gateway,
    role: "send",
    path: source.path,
    settings,
    reporter,
    signal: ending.signal,
    side: (channel) =>
      new Receiver({
        link: channel,
        path,
        settings,
        reporter,
        accepts: acceptsOf(guarded),
        told: (told) => reporter.told(told),
        stop: () => channel.close(),
        finished: () => channel.closeSend(),
      }).run(),
  });
  ending.signal.throwIfAborted();
  const report = reporter.finish();
  if (options.onError !== "report" && report.errors.length > 0) throw new SyncError([report]);
  return report;
}

/**
 * Sends a tree or a file to gateways.
 *
 * @module
 */

import { checkSyncOptions, settingsOf, type SyncOptions } from "./options.ts";
import { SyncError, type SyncReport } from "./report.ts";
import { acceptsOf, LocalReporter } from "./run/local_reporter.ts";
import { linkSettingsOf } from "./run/link_settings.ts";
import { Ending, runBoth } from "./run/run.ts";
import { Feed } from "./source/feed.ts";
import { Sender } from "./source/sender.ts";
import { batchesOf, rootOfSource } from "./source/source.ts";
import { checkTarget, localPath, type SyncTarget } from "./target.ts";
import { rootOf } from "./wire/path.ts";
import type { SyncProblem } from "./wire/problems.ts";

/**
 * Makes a place at a gateway, or at many, the same as a directory or a file here. What is the same
 * already is not sent. The content of a directory becomes that of `path`, which is made if it is
 * missing; a file becomes the file `path`.
 *
 * A file is whole or not there: it is written beside its place and then renamed. Modes and times
 * come along. Nothing outside `path` is written.
 *
 * This process needs `--allow-read` of the source, and the gateway `allow-read` and `allow-write` of
 * `path`; of the directory around it, if the source is a file.
 *
 * @throws {SyncError} at the end, if anything could not be done. All else was. With
 * `onError: "report"` only the report says so.
 * @throws {TypeError} if an option is unknown, or anything is of a wrong type.
 *
 * @example To one gateway
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { push } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [site, copy] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${site}/index.html`, "<h1>hello</h1>");
 * await using gateway = await makeGateway(`popen//allow-read=${copy}//allow-write=${copy}`);
 * const first = await push(site, { gateway, path: copy });
 * const second = await push(site, { gateway, path: copy });
 * assertEquals([first.created, second.created, second.unchanged], [1, 0, 1]);
 * ```
 *
 * @example To many
 * ```ts
 * import { Group } from "@x/execnet";
 * import { push } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [site, copies] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
 * await Deno.writeTextFile(`${site}/index.html`, "<h1>hello</h1>");
 * const spec = `popen//allow-read=${copies}//allow-write=${copies}`;
 * await using group = await Group.open([spec, spec]);
 * const targets = Array.from(group, (gateway) => ({ gateway, path: `${copies}/${gateway.id}` }));
 * const reports = await push(site, targets);
 * assertEquals(reports.map(({ target, created }) => [target.gateway, created]), [
 *   ["gw0", 1],
 *   ["gw1", 1],
 * ]);
 * ```
 */
export function push(
  source: string | URL,
  target: SyncTarget,
  options?: SyncOptions,
): Promise<SyncReport>;
/** The same to many gateways: the source is walked once, and each target has a report, in order. */
export function push(
  source: string | URL,
  targets: readonly SyncTarget[],
  options?: SyncOptions,
): Promise<SyncReport[]>;
export async function push(
  source: string | URL,
  target: SyncTarget | readonly SyncTarget[],
  options: SyncOptions = {},
): Promise<SyncReport | SyncReport[]> {
  checkSyncOptions("push", options);
  const path = rootOf(localPath("push", source));
  const isMany = Array.isArray(target);
  const targets: readonly SyncTarget[] = isMany ? target : [target as SyncTarget];
  for (const each of targets) checkTarget("push", each);
  options.signal?.throwIfAborted();
  const reports = await pushAll(path, targets, options);
  if (options.onError !== "report" && reports.some(({ errors }) => errors.length > 0)) {
    throw new SyncError(reports);
  }
  return isMany ? reports : reports[0];
}

async function pushAll(
  path: string,
  targets: readonly SyncTarget[],
  options: SyncOptions,
): Promise<SyncReport[]> {
  const ending = new Ending(options.signal);
  const guarded = ending.guarded(options);
  const common = settingsOf(options);
  const accepts = acceptsOf(guarded);
  const failed: SyncProblem[] = [];
  const entry = rootOfSource(path, { error: (problem) => failed.push(problem) });
  const feed = new Feed((from) => batchesOf(path, entry, common, accepts, from));
  const runs = targets.map(async ({ gateway, path: to }, index) => {
    const settings = { ...common, ...linkSettingsOf(gateway, options) };
    const name = { gateway: gateway.id, index };
    const reporter = new LocalReporter(name, { role: "receive", path: to }, guarded);
    for (const problem of failed) reporter.error(problem);
    if (entry === undefined) return reporter.finish();
    const batches = feed.follow();
    const { signal } = ending;
    await runBoth({
      gateway,
      role: "receive",
      path: to,
      settings,
      reporter,
      signal,
      side: (channel) =>
        new Sender({
          link: channel,
          root: path,
          entry,
          batches,
          settings,
          reporter,
          accepts,
          told: (told) => reporter.told(told),
          stop: () => channel.close(),
        }).run(),
    });
    return reporter.finish();
  });
  const ended = await Promise.allSettled(runs);
  ending.signal.throwIfAborted();
  return ended.map((each) => {
    if (each.status === "rejected") throw each.reason;
    return each.value;
  });
}

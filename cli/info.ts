/**
 * `execnet info`: what targets are, and how they do.
 *
 * @module
 */

import type { Gateway } from "../mod.ts";
import { escapeControls } from "../internal/escape.ts";
import type { Arguments } from "./arguments/arguments.ts";
import { columnsOf } from "./output/columns.ts";
import { Streams, tagged } from "./output/streams.ts";
import { jsonOf, Shown } from "./output/text.ts";
import { Interrupt } from "./run/interrupt.ts";
import { lineOf, type Outcome, statusOf } from "./run/outcome.ts";
import { runEach } from "./run/run_each.ts";
import { worst } from "./run/status.ts";
import { showPlan } from "./targets/dry_run.ts";
import { targetsOf } from "./targets/targets.ts";

/** What `info` asks, and so grants. */
const SYS = ["hostname", "loadavg", "systemMemoryInfo"];
const ROUND_TRIPS = 3;

/** What is known of a target. A part that the target may not tell is undefined. */
interface Info {
  readonly host?: string;
  readonly os: string;
  readonly arch: string;
  readonly deno: string;
  readonly cores?: number;
  /** Bytes. */
  readonly memory?: { readonly total: number; readonly available: number };
  /** The average number of processes that ran or were ready to, over a minute. */
  readonly load?: number;
  /** The least of several round trips, in milliseconds. */
  readonly latency: number;
}

/** Runs the command. */
export async function run(args: Arguments): Promise<number> {
  const { keys } = args.grants;
  const sys = keys.get("allow-sys") ?? [];
  keys.set("allow-sys", sys === true || [...new Set([...sys, ...SYS])]);
  const targets = await targetsOf(args);
  if (args.has("dry-run")) return await showPlan(targets, args.has("json"));
  const streams: Streams = new Streams(() => interrupt.ask());
  using interrupt = new Interrupt(() => {});
  const shown = new Shown(false);
  const infos = new Map<string, Info>();
  const outcomes = await runEach(targets, {
    output: (line, _, { id }) => void streams.err.write(tagged(`[${id}] `, shown.text(line))),
    fanout: args.number("fanout"),
    timeout: args.milliseconds("timeout"),
    run: async (gateway) => void infos.set(gateway.id, await infoOf(gateway)),
    ended: () => {},
  }, interrupt);
  if (interrupt.asked.aborted && interrupt.status === 0) return 0;
  streams.out.write(args.has("json") ? linesOf(outcomes, infos) : tableOf(outcomes, infos));
  await streams.flush(interrupt.killed);
  return worst([interrupt.status, ...outcomes.map(statusOf)]);
}

async function infoOf(gateway: Gateway): Promise<Info> {
  const { os, arch, deno } = gateway.remote;
  const told = await gateway.call(() => {
    function ifAllowed<T>(ask: () => T): T | undefined {
      try {
        return ask();
      } catch {
        return undefined;
      }
    }
    const memory = ifAllowed(() => Deno.systemMemoryInfo());
    return {
      host: ifAllowed(() => Deno.hostname()),
      cores: navigator.hardwareConcurrency,
      memory: memory && { total: memory.total, available: memory.available },
      load: ifAllowed(() => Deno.loadavg()[0]),
    };
  });
  let latency = Infinity;
  for (let trip = 0; trip < ROUND_TRIPS; trip++) {
    const start = performance.now();
    await gateway.call(() => 0);
    latency = Math.min(latency, performance.now() - start);
  }
  return { ...told, os, arch, deno, latency };
}

function linesOf(outcomes: readonly Outcome[], infos: ReadonlyMap<string, Info>): string {
  return outcomes.map(({ id, end, error }) =>
    `${
      jsonOf({
        gateway: id,
        ...infos.get(id),
        error: end === "ok" ? undefined : lineOf(error ?? end),
      })
    }\n`
  ).join("");
}

const HEAD = ["ID", "HOST", "OS", "ARCH", "DENO", "CORES", "MEMORY", "LOAD", "LATENCY"];

function tableOf(outcomes: readonly Outcome[], infos: ReadonlyMap<string, Info>): string {
  const up: string[][] = [];
  const down: string[] = [];
  for (const { id, end, error } of outcomes) {
    const info = infos.get(id);
    if (info === undefined) down.push(`${escapeControls(id)}: ${end}: ${lineOf(error ?? "")}\n`);
    else up.push([id, ...cellsOf(info)].map(escapeControls));
  }
  return (up.length === 0 ? "" : columnsOf([HEAD, ...up])) + down.join("");
}

function cellsOf({ host, os, arch, deno, cores, memory, load, latency }: Info): string[] {
  const gib = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  return [
    host ?? "-",
    os,
    arch,
    deno,
    String(cores ?? "-"),
    memory === undefined ? "-" : `${gib(memory.total - memory.available)}/${gib(memory.total)} GiB`,
    load?.toFixed(2) ?? "-",
    `${latency.toFixed(1)} ms`,
  ];
}

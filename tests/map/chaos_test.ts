/**
 * A map whose gateways are killed, stopped and ended at random. Its length and its seed can be set:
 * `EXECNET_CHAOS_SECONDS` (default 5) and `EXECNET_CHAOS_SEED` (default 1).
 */

import { assertEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, Group } from "../../mod.ts";
import { inTime } from "../support/deadline.ts";
import { whenGone } from "../support/processes.ts";
import { randomFrom } from "../support/random.ts";

const SECONDS = Number(Deno.env.get("EXECNET_CHAOS_SECONDS") ?? 5);
const SEED = Number(Deno.env.get("EXECNET_CHAOS_SEED") ?? 1);
const GATEWAYS = 8;
/** Time for the last items, and for the ends of all processes. */
const GRACE_SECONDS = 60;
const MEAN_PAUSE_MS = 150;
const LONGEST_STOP_MS = 400;

/** Some items finish at once, some wait, some compute. */
async function work(n: number): Promise<number> {
  if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  if (n % 50 === 25) {
    const end = performance.now() + 5;
    while (performance.now() < end);
  }
  return n * 2 + 1;
}

function signal(gateway: Gateway, name: Deno.Signal): void {
  try {
    Deno.kill(gateway.remote.pid, name);
  } catch { /* it has ended meanwhile */ }
}

/** Kills, stops or ends random gateways of a group. */
class Chaos {
  readonly pids = new Set<number>();
  readonly done: Record<string, number> = { kill: 0, stop: 0, close: 0, exit: 0 };
  readonly #group: Group;
  readonly #random: () => number;
  readonly #stopped = new Set<Promise<void>>();

  constructor(group: Group, random: () => number) {
    this.#group = group;
    this.#random = random;
  }

  /** Continues until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#pause(this.#random() * 2 * MEAN_PAUSE_MS);
      const gateways = [...this.#group];
      for (const { remote } of gateways) this.pids.add(remote.pid);
      const victim = gateways[Math.floor(this.#random() * gateways.length)];
      if (victim !== undefined) this.#strike(victim);
    }
    await Promise.all(this.#stopped);
  }

  #strike(victim: Gateway): void {
    const how = ["kill", "stop", "stop", "close", "exit"][Math.floor(this.#random() * 5)];
    this.done[how]++;
    switch (how) {
      case "kill":
        return signal(victim, "SIGKILL");
      case "stop": {
        const until = this.#stop(victim, this.#random() * LONGEST_STOP_MS);
        this.#stopped.add(until);
        until.then(() => this.#stopped.delete(until));
        return;
      }
      case "close":
        return void victim.terminate({ timeout: this.#random() * 100 });
      case "exit":
        return victim.exit();
    }
  }

  async #stop(victim: Gateway, ms: number): Promise<void> {
    signal(victim, "SIGSTOP");
    await this.#pause(ms);
    signal(victim, "SIGCONT");
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

async function chaos(): Promise<void> {
  const group = await Group.open(
    Array.from({ length: GATEWAYS }, () => ({ popen: true, output: "null" } as const)),
  );
  const chaos = new Chaos(group, randomFrom(SEED));
  const over = AbortSignal.timeout(SECONDS * 1_000);
  let given = 0;
  let losses = 0;
  const numbers = async function* () {
    while (!over.aborted) yield await Promise.resolve(given++);
  };
  const struck = chaos.run(over);
  let received = 0;
  const results = group.map(numbers(), work, {
    retries: Infinity,
    respawn: true,
    concurrency: 2,
    onLoss({ error }) {
      assert(error instanceof Error);
      losses++;
    },
  });
  for await (const result of results) {
    // Each result is right, in order, and yielded once.
    if (result !== received * 2 + 1) assertEquals(result, received * 2 + 1);
    received++;
  }
  await struck;
  assertEquals(received, given);
  for (const { remote } of group) chaos.pids.add(remote.pid);
  await group.terminate({ timeout: 500 });
  assertEquals(group.size, 0);
  for (const pid of chaos.pids) await whenGone(pid);
  console.log(`seed ${SEED}: ${received} items, ${losses} losses,`, chaos.done);
}

Deno.test(`a map over a group of ${GATEWAYS} yields all results, whatever happens to its gateways`, () =>
  inTime("the test", chaos(), (SECONDS + GRACE_SECONDS) * 1_000));

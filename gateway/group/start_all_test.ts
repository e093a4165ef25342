import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { DenoNotFoundError, HostKeyError, LaunchError } from "../../errors.ts";
import type { PlannedGateway } from "./plan.ts";
import { openError, startAll } from "./start_all.ts";

function planned(id: string, ...requires: string[]): PlannedGateway {
  return { id, spec: "popen", label: `spec ${id}`, requires };
}

/** Starts that are finished one by one. */
class Starts {
  readonly begun: string[] = [];
  readonly #begun = new Map<string, PromiseWithResolvers<void>>();
  readonly #finished = new Map<string, PromiseWithResolvers<void>>();

  constructor(...ids: string[]) {
    for (const id of ids) {
      this.#begun.set(id, Promise.withResolvers());
      this.#finished.set(id, Promise.withResolvers());
    }
  }

  readonly start = async ({ id }: PlannedGateway): Promise<void> => {
    this.begun.push(id);
    this.#begun.get(id)?.resolve();
    await this.#finished.get(id)?.promise;
  };

  async whenBegun(id: string): Promise<void> {
    await this.#begun.get(id)?.promise;
  }

  up(id: string): void {
    this.#finished.get(id)?.resolve();
  }

  fail(id: string, error: unknown): void {
    this.#finished.get(id)?.reject(error);
  }
}

Deno.test("startAll() starts a gateway once those that it runs through are up", async () => {
  const starts = new Starts("a", "b", "c");
  const all = startAll([planned("c", "b"), planned("b", "a"), planned("a")], starts.start, 16);
  assertEquals(starts.begun, ["a"]);
  starts.up("a");
  await starts.whenBegun("b");
  assertEquals(starts.begun, ["a", "b"]);
  starts.up("b");
  starts.up("c");
  assertEquals(await all, []);
  assertEquals(starts.begun, ["a", "b", "c"]);
});

Deno.test("startAll() has at most `concurrency` starts under way, without those that wait for others", async () => {
  const starts = new Starts("a", "b", "c", "d");
  const plan = [planned("a", "c"), planned("b"), planned("c"), planned("d")];
  const all = startAll(plan, starts.start, 2);
  assertEquals(starts.begun, ["b", "c"]);
  starts.up("b");
  await starts.whenBegun("d");
  assertEquals(starts.begun, ["b", "c", "d"]);
  starts.up("c");
  await starts.whenBegun("a");
  starts.up("d");
  starts.up("a");
  assertEquals(await all, []);
});

Deno.test("startAll() of nothing resolves at once", async () => {
  assertEquals(await startAll([], new Starts().start, 1), []);
});

Deno.test("startAll() starts nothing more after a failure, and waits for those under way", async () => {
  const starts = new Starts("a", "b", "c");
  const all = startAll(["a", "b", "c"].map((id) => planned(id)), starts.start, 2);
  const error = new LaunchError("no");
  starts.fail("a", error);
  starts.fail("b", "text");
  const failures = await all;
  assertEquals(starts.begun, ["a", "b"]);
  assertEquals(failures.map(({ planned }) => planned.id), ["a", "b"]);
  assertStrictEquals(failures[0].error, error);
  assertEquals(failures[1].error.message, "text");
});

Deno.test("openError() is of the kind that all failures share", () => {
  const failure = (error: Error) => ({ planned: planned("a"), error });
  const missing = new DenoNotFoundError("no deno");
  const shared = openError([failure(missing), failure(new DenoNotFoundError("none"))], 3);
  assert(shared instanceof DenoNotFoundError);
  assertEquals(
    shared.message,
    "cannot open a group of 3: 2 of its gateways did not start, so the others were ended:" +
      "\n  spec a: no deno\n  spec a: none",
  );
  const mixed = openError([failure(missing), failure(new HostKeyError("unknown key"))], 2);
  assertEquals(mixed.constructor, LaunchError);
  assertStrictEquals(mixed.cause, missing);
});

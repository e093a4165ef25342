import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../../errors.ts";
import { startAll } from "./start_all.ts";
import { planGroup } from "./plan.ts";
import { inTime } from "../../tests/support/deadline.ts";

const idsOf = (specs: string[]) => planGroup(specs).map(({ id }) => id);

Deno.test("planGroup() gives default ids around those that are asked for", () => {
  assertEquals(idsOf(["popen", "popen", "popen//id=a"]), ["gw0", "gw1", "a"]);
  assertEquals(idsOf(["popen", "popen//id=gw0", "popen"]), ["gw1", "gw0", "gw2"]);
  assertEquals(idsOf(["popen//id=__proto__", "popen"]), ["__proto__", "gw0"]);
  assertEquals(idsOf([]), []);
});

Deno.test("planGroup() puts the id into the spec, whatever its form", () => {
  const specs = planGroup(["popen//nice=1", { popen: true }, "popen//id=a"]).map(({ spec }) =>
    spec
  );
  assertEquals(specs, ["popen//nice=1//id=gw0", { popen: true, id: "gw1" }, "popen//id=a"]);
});

Deno.test("planGroup() shows of a spec what is no secret", () => {
  const [{ label }] = planGroup(["ssh=box//deno=/opt/deno//env:TOKEN=hush"]);
  assertEquals(label, "spec 1 of 1, ssh=box//id=gw0//deno=/opt/deno");
});

Deno.test("planGroup() refuses what cannot be opened, before anything starts", () => {
  const cases: [string[], string][] = [
    [["popen", "popn"], `spec 2 of 2 is wrong: a spec has no key "popn"`],
    [["popen//id=a", "popen//id=a"], `two specs have the id "a"`],
    [["popen", "popen//via=b"], `gateway gw1 goes via "b", which is none of gw0, gw1`],
    [["popen//id=a//via=a"], "in a circle: a → a"],
    [["popen//id=a//via=b", "popen//id=b//via=a"], "in a circle: a → b → a"],
    [["popen//id=x//via=a", "popen//id=a//via=b", "popen//id=b//via=a"], "a → b → a"],
  ];
  for (const [specs, message] of cases) assertThrows(() => planGroup(specs), SpecError, message);
});

/** Starts that end when they are told to. */
class Starts {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();

  readonly start = ({ id }: { id: string }): Promise<void> => {
    const end = Promise.withResolvers<void>();
    this.begun.push(id);
    this.#ends.set(id, end);
    return end.promise;
  };

  async end(id: string, error?: Error): Promise<void> {
    if (error === undefined) this.#ends.get(id)?.resolve();
    else this.#ends.get(id)?.reject(error);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }
}

Deno.test("startAll() starts each once what it goes via is up", async () => {
  const starts = new Starts();
  const plan = planGroup(["popen//via=b", "popen//id=b//via=a", "popen//id=a", "popen"]);
  const all = startAll(plan, starts.start, 9);
  assertEquals(starts.begun, ["a", "gw1"]);
  await starts.end("gw1");
  assertEquals(starts.begun, ["a", "gw1"]);
  await starts.end("a");
  assertEquals(starts.begun, ["a", "gw1", "b"]);
  await starts.end("b");
  assertEquals(starts.begun, ["a", "gw1", "b", "gw0"]);
  await starts.end("gw0");
  assertEquals(await inTime("the starts", all), []);
});

Deno.test("startAll() keeps to its concurrency, and one that waits for another takes no place", async () => {
  const starts = new Starts();
  const plan = planGroup(["popen//via=c", "popen//id=b", "popen//id=c", "popen//id=d"]);
  const all = startAll(plan, starts.start, 2);
  assertEquals(starts.begun, ["b", "c"]);
  await starts.end("b");
  assertEquals(starts.begun, ["b", "c", "d"]);
  await starts.end("c");
  assertEquals(starts.begun, ["b", "c", "d", "gw0"]);
  await starts.end("d");
  await starts.end("gw0");
  assertEquals(await inTime("the starts", all), []);
});

Deno.test("startAll() starts nothing after a failure, and tells of all that fail", async () => {
  const starts = new Starts();
  const plan = planGroup(["popen//id=a", "popen//id=b", "popen//id=c", "popen//id=d//via=a"]);
  const all = startAll(plan, starts.start, 2);
  await starts.end("b", new Error("b is broken"));
  await starts.end("a", new Error("a is broken"));
  const failures = await inTime("the starts", all);
  assertEquals(failures.map(({ error }) => error.message), ["b is broken", "a is broken"]);
  assertEquals(starts.begun, ["a", "b"]);
});

Deno.test("startAll() of nothing is done at once", async () => {
  assertEquals(await inTime("the starts", startAll([], new Starts().start, 1)), []);
});

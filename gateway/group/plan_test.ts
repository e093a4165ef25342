import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../../errors.ts";
import { type Ending, endLevels, planGroup } from "./plan.ts";

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

Deno.test("endLevels() puts gateways before those that they run through", () => {
  const ending = (id: string, ...requires: string[]): Ending => ({ id, requires });
  const idsOf = (...gateways: Ending[]) =>
    endLevels(gateways).map((level) => level.map(({ id }) => id));
  assertEquals(idsOf(), []);
  assertEquals(idsOf(ending("a"), ending("b", "a"), ending("c", "b"), ending("d")), [
    ["c", "d"],
    ["b"],
    ["a"],
  ]);
  // A gateway whose relay is missing, because it has ended already.
  assertEquals(idsOf(ending("b", "a")), [["b"]]);
});

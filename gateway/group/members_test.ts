import { assertEquals, assertThrows } from "@std/assert";
import { SpecError } from "../../errors.ts";
import { Members } from "./members.ts";

function idsOf(members: Members<{ id: string }>): string[] {
  return Array.from(members, ({ id }) => id);
}

Deno.test("Members keeps the order in which starts were asked for", () => {
  const members = new Members<{ id: string }>();
  const [first, second] = [members.reserve(undefined), members.reserve("a")];
  members.add({ id: second });
  assertEquals(idsOf(members), ["a"]);
  members.add({ id: first });
  assertEquals(idsOf(members), ["gw0", "a"]);
});

Deno.test("Members keeps the place of a planned id", () => {
  const members = new Members<{ id: string }>();
  members.plan("a");
  members.plan("b");
  members.add({ id: members.reserve("b") });
  members.add({ id: members.reserve("a") });
  assertEquals(idsOf(members), ["a", "b"]);
});

Deno.test("Members gives ids that neither a member nor a start has", () => {
  const members = new Members<{ id: string }>();
  members.reserve("gw0");
  assertEquals([members.reserve(undefined), members.reserve(undefined)], ["gw1", "gw2"]);
  assertThrows(() => members.reserve("gw1"), SpecError, `the id "gw1" is taken`);
  members.delete("gw1");
  assertEquals(members.reserve("gw1"), "gw1");
});

Deno.test("Members finds those that are up, by id and by index", () => {
  const members = new Members<{ id: string }>();
  const a = { id: members.reserve("a") };
  assertEquals([members.get("a"), members.get(0), members.has("a"), members.size], [
    undefined,
    undefined,
    false,
    0,
  ]);
  members.add(a);
  assertEquals([members.get("a"), members.get(0), members.size], [a, a, 1]);
  assertEquals([members.has("a"), members.has(a), members.has({ id: "a" })], [true, true, false]);
  for (const key of [-1, 1, NaN, 0.5, "b", "constructor"]) {
    assertEquals(members.get(key), undefined);
  }
});

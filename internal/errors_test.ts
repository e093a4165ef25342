import { assertEquals, assertStrictEquals } from "@std/assert";
import { errorsIn, messageOf, toError } from "./errors.ts";

Deno.test("toError() returns an error as it is", () => {
  const error = new TypeError("boom");
  assertStrictEquals(toError(error), error);
});

Deno.test("toError() makes an error of any other value", () => {
  assertEquals([7, null, Symbol("s")].map((value) => toError(value).message), [
    "7",
    "null",
    "Symbol(s)",
  ]);
});

Deno.test("messageOf() returns the message of an error, or the text of a value", () => {
  assertEquals([new Error("boom"), "text", undefined].map(messageOf), [
    "boom",
    "text",
    "undefined",
  ]);
});

Deno.test("errorsIn() yields errors, their causes and the errors of an AggregateError once each", () => {
  const cause = new Error("cause");
  const inner = new Error("inner", { cause });
  const outer = new AggregateError([inner, 7, [cause]], "outer", { cause: inner });
  cause.cause = outer; // a cycle
  assertEquals(Array.from(errorsIn(["text", outer]), messageOf), ["outer", "inner", "cause"]);
});

Deno.test("errorsIn() skips what cannot be read", () => {
  const error = new Error("m");
  Object.defineProperty(error, "cause", {
    get() {
      throw new Error("no");
    },
  });
  assertEquals([...errorsIn(error)], [error]);
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import { messageOf, toError } from "./errors.ts";

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

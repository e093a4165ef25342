/**
 * Assertions that narrow types. Those of @std narrow only with its real declarations, which the
 * fallback without JSR does not have.
 */

import {
  assert as stdAssert,
  assertExists as stdAssertExists,
  assertInstanceOf as stdAssertInstanceOf,
} from "@std/assert";

/** See `assert` of @std/assert. */
export function assert(condition: unknown, message?: string): asserts condition {
  stdAssert(condition, message);
}

/** See `assertExists` of @std/assert. */
export function assertExists<T>(value: T, message?: string): asserts value is NonNullable<T> {
  stdAssertExists(value, message);
}

/** See `assertInstanceOf` of @std/assert. */
export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  value: unknown,
  type: T,
  message?: string,
): asserts value is InstanceType<T> {
  stdAssertInstanceOf(value, type as unknown as new () => object, message);
}

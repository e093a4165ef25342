/**
 * Completes Node's class of sockets. Code of the user may have run before Node's modules were loaded.
 *
 * @module
 */

import { Duplex, Writable } from "node:stream";

// `Duplex` takes over what it lacks of `Writable`. A property of all objects that code has added before,
// such as `Object.prototype.write`, looks as if it had that: no byte could be written (Deno 2.9.6).
for (
  const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Writable.prototype))
) {
  if (typeof value !== "function" || typeof Reflect.get(Duplex.prototype, name) === "function") {
    continue;
  }
  Object.defineProperty(Duplex.prototype, name, { value, writable: true, configurable: true });
}

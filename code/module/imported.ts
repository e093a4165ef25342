/**
 * Modules that the gateway imports itself.
 *
 * @module
 */

import { SENT } from "../../protocol/control.ts";

/**
 * Binds `channel` and `args` for a module that the gateway imports, which is in no scope of the
 * execution. They are globals there, but each execution sees its own values, and other code none.
 */
const BIND_GLOBALS = `
const key = Symbol.for(${JSON.stringify(SENT)});
let sent = globalThis[key];
if (sent === undefined) {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  sent = new AsyncLocalStorage();
  Object.defineProperty(globalThis, key, { value: sent });
  for (const name of ["channel", "args"]) {
    if (Object.hasOwn(globalThis, name)) continue;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => sent.getStore()?.[name],
      set: (value) =>
        Object.defineProperty(globalThis, name, {
          value, writable: true, enumerable: true, configurable: true,
        }),
    });
  }
}
sent.enterWith({ channel, args });
`;

/** Returns the text that imports a module, and returns its default export. */
export function importingText({ href }: URL): string {
  return `${BIND_GLOBALS}return (await import(${JSON.stringify(href)})).default;`;
}

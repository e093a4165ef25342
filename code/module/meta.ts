/**
 * `import.meta` of modules that are sent.
 *
 * @module
 */

import { type ImportConfig, NO_CONFIG } from "./config.ts";

/**
 * Returns an expression for the `import.meta` of a file. A sent module is never the main module.
 *
 * @param config How its `resolve` finds names.
 */
export function metaObject(url: string, { imports }: ImportConfig = NO_CONFIG): string {
  const path = url.startsWith("file:") ? decodeURIComponent(new URL(url).pathname) : undefined;
  const files = path === undefined
    ? {}
    : { filename: path, dirname: path.replace(/\/[^/]*$/, "") || "/" };
  const fields = JSON.stringify({ url, main: false, ...files }).slice(1, -1);
  const targets = imports.filter(({ scope }) => url.startsWith(scope))
    .flatMap(({ targets }) => [...targets]);
  return `{ ${fields}, resolve: ${resolver(url, targets)} }`;
}

/** It is one line, as the lines of what follows are counted. */
function resolver(url: string, targets: [string, string][]): string {
  const base = JSON.stringify(url);
  const found = targets.length === 0
    ? `["", ""]`
    : `${JSON.stringify(targets)}.filter(([key]) => ` +
      `key === path || (key.endsWith("/") && path.startsWith(key)))` +
      `.sort(([a], [b]) => b.length - a.length)[0] ?? ["", ""]`;
  return `(name) => { ` +
    `const path = /^\\.{0,2}\\//.test(name) ? new URL(name, ${base}).href : String(name); ` +
    `const [key, target] = ${found}; ` +
    `return new URL(target + path.slice(key.length)).href; }`;
}

/**
 * Reads module graphs from files, and from the network.
 *
 * @module
 */

import { pathOf } from "./config.ts";
import { type GraphNeed, type ModuleGraph, readGraph } from "./graph.ts";
import { transpile } from "./transpile.ts";

/** Reads a graph of files: at once, unless Deno has to make a script of one of them. */
export function readFileGraph(entry: URL): ModuleGraph | Promise<ModuleGraph> {
  return drive(
    readGraph(entry),
    ({ kind, url, folder }) =>
      kind === "script"
        ? transpile(url.href, pathOf(url), folder ?? pathOf(url).replace(/[^/]*$/, ""))
        : Deno.readFileSync(url),
  );
}

/**
 * Reads a graph of the network, as far as it is of the origin of its entry. Deno takes it from its
 * cache, or fetches it if this process may import from there.
 */
export async function readNetworkGraph(entry: URL): Promise<ModuleGraph> {
  return await drive(readGraph(entry), async ({ url, as }) => {
    const type = as === "bytes" ? as : "text";
    const { default: content } = await import(url.href, { with: { type } });
    return typeof content === "string" ? new TextEncoder().encode(content) : content;
  });
}

/** Gives a generator what it needs. It waits only for promises. */
function drive<T>(
  reading: Generator<GraphNeed, T, unknown>,
  supply: (need: GraphNeed) => unknown,
  step: IteratorResult<GraphNeed, T> = reading.next(),
): T | Promise<T> {
  while (!step.done) {
    let supplied: unknown;
    try {
      supplied = supply(step.value);
    } catch (error) {
      step = reading.throw(error);
      continue;
    }
    if (supplied instanceof Promise) {
      return supplied.then(
        (value) => drive(reading, supply, reading.next(value)),
        (error) => drive(reading, supply, reading.throw(error)),
      );
    }
    step = reading.next(supplied);
  }
  return step.value;
}

/**
 * Finds the execution that an uncaught error comes from.
 *
 * @module
 */

import type { AsyncLocalStorage } from "node:async_hooks";
import { type CompiledCode, isFrom } from "./compile.ts";

/** An execution, as far as it matters here. */
export interface Origin {
  /** Its number in the async context. */
  number?: number;
  /** Undefined until its code has arrived. */
  code?: CompiledCode;
}

/** An error that nothing caught. */
export interface Uncaught {
  readonly thrown: unknown;
  /** Whether it is the reason of a promise that nobody has awaited. */
  readonly isRejection: boolean;
}

let Context: typeof AsyncLocalStorage | undefined;

/** Each execution has an async context from now on, which takes no time: it is loaded. */
export function useContext(of: typeof AsyncLocalStorage): void {
  Context = of;
}

/**
 * An async context tells executions apart. It is loaded with the sockets: alone, `node:async_hooks`
 * takes some 7 ms. Until then, executions have no context; the stack of an error names the code, which
 * is enough for code that was executed once. If it is executed again, the context is loaded at once.
 */
export class Origins<Execution extends Origin> {
  readonly #running: ReadonlySet<Execution>;
  /**
   * Holds numbers, and not executions: Deno keeps what is stored in a weak map, and there an object for
   * each `call` costs a quarter of its time in garbage collection (2.9.6).
   */
  #context: AsyncLocalStorage<number> | undefined;
  #contexts = 0;
  #begun = 0;

  constructor(running: ReadonlySet<Execution>) {
    this.#running = running;
  }

  /** Runs an execution. */
  async run(execution: Execution, code: CompiledCode, body: () => Promise<void>): Promise<void> {
    this.#begun++;
    if (++code.executions > 1) Context ??= (await import("node:async_hooks")).AsyncLocalStorage;
    execution.code = code;
    if (Context === undefined) return await body();
    this.#context ??= new Context();
    execution.number = ++this.#contexts;
    return await this.#context.run(execution.number, body);
  }

  /**
   * Returns the execution that is to blame, if it still runs. Deno reports what a timer throws
   * outside of its context (2.9.6): then nobody is to blame if the code has been executed twice.
   */
  of({ thrown, isRejection }: Uncaught): Execution | undefined {
    const running = Array.from(this.#running).filter(({ code }) => code !== undefined);
    const inContext = this.#context?.getStore();
    if (inContext !== undefined) return running.find(({ number }) => number === inContext);
    if (this.#begun === 1) return running[0]; // what it throws may have no stack
    const stack = thrown instanceof Error ? String(thrown.stack) : "";
    const suspects = running.filter(({ code, number }) =>
      code !== undefined && isFrom(stack, code) &&
      (code.executions === 1 || isRejection && number === undefined)
    );
    return suspects.length === 1 ? suspects[0] : undefined;
  }
}

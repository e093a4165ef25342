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

/**
 * The stack of an error names the code, which is enough for code that was executed once. If it is
 * executed again, an async context tells its executions apart. That is loaded only then: `node:async_hooks`
 * takes some 7 ms of a start.
 */
export class Origins<Execution extends Origin> {
  readonly #running: ReadonlySet<Execution>;
  /** The first execution of each code, which may have no context. */
  readonly #first = new WeakMap<CompiledCode, Execution>();
  /**
   * Holds numbers, and not executions: Deno keeps what is stored in a weak map, and there an object for
   * each `call` costs a quarter of its time in garbage collection (2.9.6).
   */
  #context: AsyncLocalStorage<number> | undefined;
  #count = 0;

  constructor(running: ReadonlySet<Execution>) {
    this.#running = running;
  }

  /** Runs an execution. */
  async run(execution: Execution, code: CompiledCode, body: () => Promise<void>): Promise<void> {
    execution.code = code;
    if (++code.executions === 1) this.#first.set(code, execution);
    else this.#context ??= new (await import("node:async_hooks")).AsyncLocalStorage();
    if (this.#context === undefined) return await body();
    execution.number = ++this.#count;
    return await this.#context.run(execution.number, body);
  }

  /**
   * Returns the execution that is to blame, if it still runs. Deno reports what a timer throws
   * outside of its context (2.9.6): then nobody is to blame if the code has been executed twice.
   */
  of({ thrown, isRejection }: Uncaught): Execution | undefined {
    const running = Array.from(this.#running);
    const inContext = this.#context?.getStore();
    if (inContext !== undefined) return running.find(({ number }) => number === inContext);
    const stack = thrown instanceof Error ? String(thrown.stack) : "";
    const suspects = running.filter((execution) => {
      const { code } = execution;
      if (code === undefined || !isFrom(stack, code)) return false;
      return isRejection ? this.#first.get(code) === execution : code.executions === 1;
    });
    return suspects.length === 1 ? suspects[0] : undefined;
  }
}

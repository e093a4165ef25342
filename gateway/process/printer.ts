/**
 * Shows what a process of a gateway prints.
 *
 * @module
 */

import type { ChannelGateway } from "../../channel/channel.ts";
import { printLine } from "../../internal/lines.ts";
import type { Output } from "../../spec/spec.ts";

/** Passes the output of one process on as its spec says, under the name of the gateway. */
export class Printer {
  readonly #gateway: ChannelGateway;
  #output: Output;
  #execution: string | undefined;

  constructor(gateway: ChannelGateway, output: Output) {
    this.#gateway = gateway;
    this.#output = output;
  }

  /** Names the isolated execution that the process belongs to. */
  nameExecution(name: string): void {
    this.#execution = name;
  }

  /** The name of the process in messages. */
  get subject(): string {
    const gateway = `gateway ${this.#gateway.id}`;
    return this.#execution === undefined
      ? gateway
      : `the isolated execution ${this.#execution} of ${gateway}`;
  }

  /** Passes on a line of output. A handler that throws gets no more lines. */
  pass(line: string, stream: "stdout" | "stderr"): void {
    if (this.#output === "inherit") this.print(line);
    if (typeof this.#output !== "function") return;
    try {
      this.#output(line, stream, this.#gateway, this.#execution);
    } catch (error) {
      this.#output = "null";
      this.print(`(its output is no longer shown: ${error})`);
    }
  }

  /** Prints a line on this process's stderr. */
  print(line: string): void {
    const { id } = this.#gateway;
    printLine(this.#execution === undefined ? id : `${id}:${this.#execution}`, line);
  }
}

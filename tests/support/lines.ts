import type { OutputHandler } from "../../mod.ts";
import { until } from "./deadline.ts";

/** Collects what gateways print, as `stream: line`. */
export class Lines {
  readonly all: string[] = [];

  readonly take: OutputHandler = (line, stream) => void this.all.push(`${stream}: ${line}`);

  /** Waits until a line is there. */
  async has(line: string): Promise<void> {
    await until(`the line "${line}"`, () => this.all.includes(line));
  }
}

/**
 * How it went on one target.
 *
 * @module
 */

import { GatewayClosedError, RemoteError } from "../../errors.ts";
import { escapeControls } from "../../internal/escape.ts";
import { messageOf } from "../../internal/errors.ts";
import { columnsOf } from "../output/columns.ts";
import { UsageError } from "../usage.ts";
import { STATUS } from "./status.ts";

/** How it ended: the words of `--json`. */
export type End = "ok" | "failed" | "lost" | "unreachable" | "timeout" | "interrupted";

/** How it went on one target. */
export interface Outcome {
  readonly id: string;
  readonly end: End;
  readonly error?: unknown;
}

/** Returns how a target ended whose work threw an error. */
export function endOf(error: unknown): End {
  return error instanceof GatewayClosedError ? "lost" : "failed";
}

/** Returns the exit status of one target. */
export function statusOf({ end, error }: Outcome): number {
  if (end === "ok") return 0;
  return error instanceof UsageError ? STATUS.usage : STATUS[end];
}

/** Returns an error on one line, as `Name: message`; the far side may have chosen its words. */
export function lineOf(error: unknown): string {
  const [line] = messageOf(error).split("\n", 1);
  const name = error instanceof RemoteError ? `${error.name}: ` : "";
  return escapeControls(name + line);
}

/** Returns the table of what failed; empty if nothing did. */
export function failureTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.filter(({ end }) => end !== "ok").map(({ id, end, error }) => {
    const { code = null, signal = null, stderrTail = [] } = error instanceof GatewayClosedError
      ? error
      : {};
    const last = stderrTail.at(-1);
    const line = last === undefined ? lineOf(error ?? "") : escapeControls(last);
    return [escapeControls(id), end, signal ?? String(code ?? "-"), line];
  });
  return rows.length === 0 ? "" : columnsOf([["GATEWAY", "WHAT", "CODE", "LAST LINE"], ...rows]);
}

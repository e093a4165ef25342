/**
 * The forms in which `exec` prints what comes back.
 *
 * @module
 */

import { RemoteError } from "../../errors.ts";
import type { Arguments } from "../arguments/arguments.ts";
import { type Streams, tagged, Tags } from "../output/streams.ts";
import { jsonOf, Shown } from "../output/text.ts";
import { lineOf, type Outcome } from "../run/outcome.ts";
import { foldNames } from "../targets/ranges.ts";
import { Files } from "./files.ts";

/** What `exec` prints. */
export interface ExecOutput {
  /** An item that a target has sent. Returns a promise if the next one should wait. */
  item(id: string, item: unknown): Promise<void> | undefined;
  /** A line that a target has printed. */
  printed(id: string, stream: "stdout" | "stderr", line: string): void;
  /** The end of a target. */
  ended(outcome: Outcome): void;
  /** The end of all. */
  finish(): void;
}

/** Returns the form that the command line asks for. */
export function outputFor(
  args: Arguments,
  ids: readonly string[],
  streams: Streams,
): ExecOutput {
  const shown = new Shown(args.has("raw"));
  const folder = args.text("out");
  const files = folder === undefined ? undefined : new Files(folder, ids, shown);
  if (args.has("json")) return new JsonOutput(streams, files);
  const mayColor = !args.has("no-color") && !Deno.noColor;
  const tags = (stream: { isTerminal(): boolean }) =>
    new Tags(ids, mayColor && stream.isTerminal());
  const err = new Printed(streams, tags(Deno.stderr), shown);
  if (files !== undefined) return new FilesOutput(err, files);
  if (args.has("gather")) return new GatheredOutput(err, streams, ids, shown);
  return new TaggedOutput(err, streams, ids.length > 1 ? tags(Deno.stdout) : undefined, shown);
}

/** What targets print, and the errors that they end with: on stderr, tagged. */
class Printed {
  readonly #streams: Streams;
  readonly #tags: Tags;
  readonly #shown: Shown;

  constructor(streams: Streams, tags: Tags, shown: Shown) {
    this.#streams = streams;
    this.#tags = tags;
    this.#shown = shown;
  }

  printed(id: string, line: string): void {
    this.#streams.err.write(tagged(this.#tags.of(id), this.#shown.text(line)));
  }

  /** Prints where remote code threw: the table at the end has no room for it. */
  ended({ id, error }: Outcome): void {
    if (!(error instanceof RemoteError)) return;
    const frames = error.remoteStack.split("\n").filter((line) => /^\s+at /.test(line));
    this.printed(id, [`${error.name}: ${error.message}`, ...frames].join("\n"));
  }
}

class TaggedOutput implements ExecOutput {
  readonly #err: Printed;
  readonly #streams: Streams;
  readonly #tags: Tags | undefined;
  readonly #shown: Shown;

  constructor(err: Printed, streams: Streams, tags: Tags | undefined, shown: Shown) {
    this.#err = err;
    this.#streams = streams;
    this.#tags = tags;
    this.#shown = shown;
  }

  item(id: string, item: unknown): Promise<void> | undefined {
    return this.#streams.out.write(tagged(this.#tags?.of(id) ?? "", this.#shown.item(item)));
  }

  printed(id: string, _stream: string, line: string): void {
    this.#err.printed(id, line);
  }

  ended(outcome: Outcome): void {
    this.#err.ended(outcome);
  }

  finish(): void {}
}

const RULE = "-".repeat(15);

class GatheredOutput implements ExecOutput {
  readonly #err: Printed;
  readonly #streams: Streams;
  readonly #shown: Shown;
  readonly #outputs: Map<string, string[]>;

  constructor(err: Printed, streams: Streams, ids: readonly string[], shown: Shown) {
    this.#err = err;
    this.#streams = streams;
    this.#shown = shown;
    this.#outputs = new Map(ids.map((id) => [id, []]));
  }

  item(id: string, item: unknown): undefined {
    this.#outputs.get(id)?.push(tagged("", this.#shown.item(item)));
  }

  printed(id: string, _stream: string, line: string): void {
    this.#err.printed(id, line);
  }

  ended(outcome: Outcome): void {
    this.#err.ended(outcome);
  }

  finish(): void {
    const groups = new Map<string, string[]>();
    for (const [id, lines] of this.#outputs) {
      const output = lines.join("");
      if (output !== "") groups.set(output, [...groups.get(output) ?? [], id]);
    }
    for (const [output, ids] of groups) {
      const head = `${RULE}\n${foldNames(ids)} (${ids.length})\n${RULE}\n`;
      this.#streams.out.write(head + output);
    }
  }
}

class FilesOutput implements ExecOutput {
  readonly #err: Printed;
  readonly #files: Files;

  constructor(err: Printed, files: Files) {
    this.#err = err;
    this.#files = files;
  }

  item(id: string, item: unknown): Promise<void> | undefined {
    return this.#files.item(id, item);
  }

  printed(id: string, _stream: string, line: string): void {
    this.#err.printed(id, line);
  }

  ended(outcome: Outcome): void {
    this.#files.close(outcome.id);
    this.#err.ended(outcome);
  }

  finish(): void {}
}

class JsonOutput implements ExecOutput {
  readonly #streams: Streams;
  readonly #files: Files | undefined;

  constructor(streams: Streams, files: Files | undefined) {
    this.#streams = streams;
    this.#files = files;
  }

  item(id: string, item: unknown): Promise<void> | undefined {
    if (this.#files !== undefined) return this.#files.item(id, item);
    return this.#streams.out.write(`${jsonOf({ gateway: id, item: item ?? null })}\n`);
  }

  printed(id: string, stream: "stdout" | "stderr", line: string): void {
    this.#streams.out.write(`${jsonOf({ gateway: id, stream, line })}\n`);
  }

  ended({ id, end, error }: Outcome): void {
    this.#files?.close(id);
    // An interrupted one has failed, for who reads this.
    const word = end === "interrupted" ? "failed" : end;
    const why = end === "ok" ? undefined : error === undefined ? end : lineOf(error);
    this.#streams.out.write(`${jsonOf({ gateway: id, end: word, error: why })}\n`);
  }

  finish(): void {}
}

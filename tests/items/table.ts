/**
 * The table of `docs/items.md`: what becomes of a value as an item, and as a copy by
 * `structuredClone()`. Written anew by
 *
 *     deno run --allow-read --allow-write=docs tests/items/table.ts && deno fmt docs/items.md
 */

import { ItemCodec } from "../../protocol/items.ts";
import { lossesOf } from "./losses.ts";
import { rows } from "./values.ts";

/** What becomes of a value; empty if it is kept, and `undefined` if it is refused. */
export type Fate = readonly string[] | undefined;

/** What becomes of the values of a row. */
export interface RowFates {
  readonly title: string;
  /** In the order of the values: as an item, and by `structuredClone()`. */
  readonly values: readonly { readonly sent: Fate; readonly cloned: Fate }[];
}

const codec = new ItemCodec();
const PAGE = new URL("../../docs/items.md", import.meta.url);
const BEGIN = "<!-- The table is made by tests/items/table.ts. -->\n";
const END = "\n<!-- The end of the table. -->";

/** Finds out what becomes of all values. */
export function allFates(): RowFates[] {
  return rows().map(([title, values]) => ({
    title,
    values: values.map((value) => ({
      sent: fateOf(value, (value) => codec.decode(new Uint8Array(codec.encode(value)))),
      cloned: fateOf(value, structuredClone),
    })),
  }));
}

function fateOf(value: unknown, copy: (value: unknown) => unknown): Fate {
  let copied: unknown;
  try {
    copied = copy(value);
  } catch {
    return undefined;
  }
  return lossesOf(value, copied);
}

/** Returns the page with the table of this Deno in it. */
export function withTable(page: string): string {
  const lines = allFates().map(({ title, values }) =>
    `| ${title} | ${cell(values.map(({ sent }) => sent))} | ` +
    `${cell(values.map(({ cloned }) => cloned))} |`
  );
  const table = ["| value | sent | `structuredClone()` |", "| --- | --- | --- |", ...lines, ""];
  const [before, rest] = page.split(BEGIN);
  return `${before}${BEGIN}\n${table.join("\n")}${END}${rest.split(END)[1]}`;
}

function cell(fates: readonly Fate[]): string {
  const texts = fates.map((fate) => {
    if (fate === undefined) return "refused";
    return fate.length === 0 ? "kept" : fate.join(", ").replaceAll(", loses", ",");
  });
  return [...new Set(texts)].join(", or ");
}

/** Reads the page. */
export function readPage(): Promise<string> {
  return Deno.readTextFile(PAGE);
}

if (import.meta.main) {
  await Deno.writeTextFile(PAGE, withTable(await readPage()));
}

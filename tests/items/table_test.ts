import { assert, assertEquals } from "@std/assert";
import { allFates, readPage, withTable } from "./table.ts";

/** What becomes of items alone, and is told in docs/items.md. */
const DOCUMENTED = ["becomes several objects", "loses the rest of its buffer", "gets a mark there"];

Deno.test("an item is kept, refused, or changed as structuredClone() changes it", () => {
  let count = 0;
  for (const { title, values } of allFates()) {
    for (const [index, { sent, cloned }] of values.entries()) {
      for (const loss of sent ?? []) {
        const isExpected = cloned?.includes(loss) || DOCUMENTED.includes(loss);
        assert(isExpected, `${title}, value ${index}: ${loss}`);
      }
      count++;
    }
  }
  assert(count > 300, `${count} values`);
});

Deno.test("the table of docs/items.md is what becomes of items", async () => {
  const page = await readPage();
  assertEquals(columnsOf(withTable(page)), columnsOf(page), "see tests/items/table.ts");
});

/** Returns the cells of the table; those of another Deno's structuredClone() may differ. */
function columnsOf(page: string): string[][] {
  const shown = Deno.version.deno.startsWith("2.9.") ? 3 : 2;
  return page.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.split("|").slice(1, 1 + shown).map((cell) => cell.trim().replace(/^-+$/, ""))
  );
}

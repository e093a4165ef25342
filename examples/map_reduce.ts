/**
 * Counts the words of files: the counting is mapped over gateways that may read that directory and
 * nothing else, and the counts are added up here as they come.
 *
 *     deno run --allow-run --allow-env --allow-read examples/map_reduce.ts [dir]
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { Group } from "@x/execnet";

const dir = await Deno.realPath(Deno.args[0] ?? fileURLToPath(new URL(".", import.meta.url)));
const MOST = 10;

/** The text files below a directory, as they are found. */
async function* textFiles(dir: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(dir)) {
    if (isDirectory) yield* textFiles(`${dir}/${name}`);
    else if (isFile && /\.(ts|md|txt)$/.test(name)) yield `${dir}/${name}`;
  }
}

/** Runs in the gateways. */
async function countWords(file: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const text = await Deno.readTextFile(file);
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

const spec = { popen: true, permissions: { read: [dir] } };
await using group = await Group.open([spec, spec]);

const total = new Map<string, number>();
let files = 0;
for await (
  const counts of group.map(textFiles(dir), countWords, { ordered: false, retries: 1 })
) {
  files++;
  for (const [word, count] of counts) total.set(word, (total.get(word) ?? 0) + count);
}

const words = [...total].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
for (const [word, count] of words.slice(0, MOST)) console.log(`${count}\t${word}`);
console.log(`${words.length} different words in ${files} files`);

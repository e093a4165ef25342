/** Imported by ./count_words.ts, and so sent with it. */

/** Words with their counts, the most frequent first. */
export function ranked(words: string[]): [word: string, count: number][] {
  const counts = Map.groupBy(words, (word) => word);
  return Array.from(counts, ([word, all]): [string, number] => [word, all.length])
    .sort(([, a], [, b]) => b - a);
}

/**
 * Ranges such as `web[01-20,25]`: written out, and made of names.
 *
 * @module
 */

import { UsageError } from "../usage.ts";

const RANGE = /\[(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)\]/;
/** More are a mistake, such as a date that was taken for a range. */
const MAX_NAMES = 100_000;

/**
 * Returns the texts that a text with ranges stands for; without one, the text itself. Numbers are as
 * wide as the first of their range.
 *
 * @throws {UsageError} if a range runs backwards, or is too long.
 */
export function expandRanges(text: string): string[] {
  const found = RANGE.exec(text);
  if (found === null) return [text];
  const before = text.slice(0, found.index);
  const rest = expandRanges(text.slice(found.index + found[0].length));
  const numbers = found[1].split(",").flatMap((part) => numbersOf(part, text));
  if (numbers.length * rest.length > MAX_NAMES) throw tooMany(text);
  return numbers.flatMap((number) => rest.map((after) => before + number + after));
}

/** Returns whether a text has a range. */
export function hasRange(text: string): boolean {
  return RANGE.test(text);
}

function numbersOf(part: string, text: string): string[] {
  const [first, last = first] = part.split("-");
  const [from, to] = [Number(first), Number(last)];
  if (from > to) throw new UsageError(`the range [${part}] of "${text}" runs backwards`);
  if (to - from >= MAX_NAMES) throw tooMany(text);
  return Array.from(
    { length: to - from + 1 },
    (_, index) => String(from + index).padStart(first.length, "0"),
  );
}

function tooMany(text: string): UsageError {
  return new UsageError(`"${text}" stands for more than ${MAX_NAMES} targets`);
}

/** Returns names as short as they can be written: `web[01-03,05],db1`. */
export function foldNames(names: readonly string[]): string {
  const folds = new Map<string, string | { before: string; numbers: string[]; after: string }>();
  for (const name of names) {
    const [, before, number, after] = HOST.exec(name) ?? NUMBERED.exec(name) ?? [];
    if (number === undefined) {
      folds.set(name, name);
      continue;
    }
    // Numbers of one width are one range; those without leading zeros are, whatever their width.
    const width = isPadded(number, before, after, names) ? number.length : "";
    const key = JSON.stringify([before, after, width]);
    const fold = folds.get(key);
    if (typeof fold === "object") fold.numbers.push(number);
    else folds.set(key, { before, numbers: [number], after });
  }
  return Array.from(folds.values(), (fold) => {
    if (typeof fold === "string") return fold;
    const { before, numbers, after } = fold;
    return numbers.length === 1
      ? before + numbers[0] + after
      : `${before}[${rangesOf(numbers)}]${after}`;
  }).join(",");
}

/** The last number of the first part of a host name, such as that of `web01.example.com`. */
const HOST = /^([^.]*[^.\d])(\d+)([^.\d]*(?:\..*)?)$/;
/** The last number of any other name. */
const NUMBERED = /^(.*?)(\d+)(\D*)$/;

function isPadded(
  number: string,
  before: string,
  after: string,
  names: readonly string[],
): boolean {
  return names.some((name) =>
    name.length === before.length + number.length + after.length &&
    name.startsWith(`${before}0`) && name.endsWith(after) && number.length > 1
  );
}

function rangesOf(numbers: readonly string[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => Number(a) - Number(b));
  const ranges: { first: string; last: string }[] = [];
  for (const number of sorted) {
    const range = ranges.at(-1);
    if (range !== undefined && Number(range.last) + 1 === Number(number)) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => first === last ? first : `${first}-${last}`).join(",");
}

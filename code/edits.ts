/**
 * Edits of a text, and the way back from a position in the result.
 *
 * @module
 */

/** Ends a line, for V8 as for acorn. */
const LINE_END = /\r\n?|[\n\u2028\u2029]/g;

/** A part of a text to be replaced. */
export interface Edit {
  /** The index where the part begins. */
  start: number;
  /** The index behind it; equal to `start` for an insertion. */
  end: number;
  /** What is put there. */
  text: string;
  /** Whether the position right behind it counts as its own: V8 reports a call there. */
  isCalled?: boolean;
}

/** A line and a column, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** A text after its edits. */
export interface EditedText {
  text: string;
  /** Returns where a position of the result was written. */
  original(line: number, column: number): Position;
}

/** Applies edits that do not overlap. Insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly Edit[]): EditedText {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let copied = 0;
  /** For each edit, where it begins and ends in the result. */
  const spans: { at: number; end: number; edit: Edit }[] = [];
  for (const edit of sorted) {
    result += text.slice(copied, edit.start);
    spans.push({ at: result.length, end: result.length + edit.text.length, edit });
    result += edit.text;
    copied = edit.end;
  }
  result += text.slice(copied);
  let lines: { before: readonly number[]; after: readonly number[] } | undefined;
  return {
    text: result,
    original(line, column) {
      lines ??= { before: lineStarts(text), after: lineStarts(result) };
      const at = (lines.after[line - 1] ?? result.length) + column - 1;
      const last = spans.findLast((span) => span.at <= at);
      const from = last === undefined
        ? at
        : at < last.end || (at === last.end && last.edit.isCalled)
        ? last.edit.start
        : last.edit.end + at - last.end;
      return positionAt(from, lines.before);
    },
  };
}

/** Returns the position of an index in a text. */
export function positionOf(text: string, index: number): Position {
  return positionAt(index, lineStarts(text));
}

function positionAt(index: number, starts: readonly number[]): Position {
  const line = Math.max(starts.findLastIndex((start) => start <= index), 0);
  return { line: line + 1, column: index - starts[line] + 1 };
}

/** Returns how many lines end in a text. */
export function lineEnds(text: string): number {
  return lineStarts(text).length - 1;
}

function lineStarts(text: string): number[] {
  return [0, ...text.matchAll(LINE_END).map((end) => end.index + end[0].length)];
}

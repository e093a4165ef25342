/**
 * Source maps of text that was built here.
 *
 * @module
 */

import * as nodeModule from "node:module";
import type { SourceLocation } from "./code.ts";

interface SourceMapEntry {
  originalSource?: string;
  originalLine?: number;
  originalColumn?: number;
}

interface SourceMap {
  findEntry(line: number, column: number): SourceMapEntry;
}

const { SourceMap } = nodeModule as unknown as {
  SourceMap: new (map: { sources: string[] }) => SourceMap;
};

const COMMENT = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/;

/** A text, and the source map that was embedded in it. */
export interface Mapped {
  /** The text without the map. */
  text: string;
  /** Returns the location in the sources of a position; both count from 1. */
  original(line: number, column: number): SourceLocation | undefined;
}

/** Splits a text from its embedded source map, which is parsed at the first use. */
export function splitMap(
  written: string,
): Mapped {
  const comment = COMMENT.exec(written);
  if (comment === null) return { text: written, original: () => undefined };
  let map: SourceMap | undefined;
  return {
    text: written.slice(0, comment.index + 1),
    original(line, column) {
      map ??= new SourceMap(JSON.parse(textOf(comment[1])));
      const entry = map.findEntry(line - 1, column - 1);
      const { originalSource: file, originalLine, originalColumn } = entry;
      if (file === undefined || originalLine === undefined) return undefined;
      return { file, line: originalLine + 1, column: (originalColumn ?? 0) + 1 };
    },
  };
}

function textOf(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
}

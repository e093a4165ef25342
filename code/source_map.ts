/**
 * Source maps of what was built here.
 *
 * @module
 */

import * as nodeModule from "node:module";
import type { Place } from "./code.ts";

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

/** A text and its map, which came inside of it. */
export interface Mapped {
  /** The text without the map. */
  text: string;
  /** The place of a position (both from 1) in the sources. */
  original(line: number, column: number): Place | undefined;
}

/** Takes the map out of a text. It is parsed when it is asked for. */
export function takeMap(written: string): Mapped {
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

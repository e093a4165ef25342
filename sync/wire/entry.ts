/**
 * The entries of a tree, as both sides tell each other.
 *
 * @module
 */

/** What an entry is. The values are on the wire. */
export const Kind = {
  file: 0,
  directory: 1,
  link: 2,
  /** A FIFO, socket or device. It is not sent, but protects what the target has of that name. */
  other: 3,
  /** A directory that no rule includes, and that is only walked for what it may hold. */
  passage: 4,
} as const;

/** A value of {@linkcode Kind}. */
export type Kind = typeof Kind[keyof typeof Kind];

/** What is known about an entry. */
export interface Entry {
  kind: Kind;
  /** The permission bits, with setuid, setgid and sticky. */
  mode: number;
  /** Milliseconds since 1970: Deno sets and tells no more. */
  mtime: number;
  /** Bytes of a file, 0 for others. */
  size: number;
}

/** The bits of a mode that are kept. */
export const MODE_BITS = 0o7777;

/** Returns what `lstat` says as an entry. */
export function entryOf(info: Deno.FileInfo): Entry {
  const kind = info.isFile
    ? Kind.file
    : info.isDirectory
    ? Kind.directory
    : info.isSymlink
    ? Kind.link
    : Kind.other;
  return {
    kind,
    mode: (info.mode ?? 0o644) & MODE_BITS,
    mtime: info.mtime?.getTime() ?? 0,
    size: kind === Kind.file ? info.size : 0,
  };
}

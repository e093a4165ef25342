/**
 * What both sides of a sync are told.
 *
 * @module
 */

/** How symbolic links are treated. */
export type LinkMode = "keep" | "skip" | "follow";

/** What depends on how a gateway is reached. */
export interface LinkSettings {
  compress: boolean;
  /** The size from which on only the differences of a file are sent; undefined: never. */
  minDelta: number | undefined;
}

/** The options of a sync as both sides need them. */
export interface Settings extends LinkSettings {
  /** The most files and links that may be deleted; undefined: nothing is. */
  maxDelete: number | undefined;
  include: readonly string[] | undefined;
  exclude: readonly string[];
  gitignore: boolean;
  checksum: boolean;
  links: LinkMode;
  dryRun: boolean;
  /** Whether files are put in their places at the end, all together. */
  isAtomic: boolean;
  /** Whether files and directories are on the disk when the sync ends. */
  fsync: boolean;
  /** Whether the initiator's function has to be asked about entries. */
  hasFilter: boolean;
  /** Names the run in the names of temporaries. */
  run: string;
}

/** The target of a sync, or its source, on the far side. */
export interface FarArguments {
  role: "send" | "receive";
  path: string;
  settings: Settings;
}

/** What the loader passes to the program. */

import type { Socket } from "node:net";

/** The protocol's descriptors, opened one way or the other. */
export interface Boot {
  /** Input and output, opened as files. */
  files?: [Deno.FsFile, Deno.FsFile];
  /** The same as sockets, where they could not be opened as files. */
  sockets?: [Socket, Socket];
  /** Bytes of the preamble, which the loader has sent already. */
  helloBytes: number;
  /** What was read past the program. */
  rest: Uint8Array<ArrayBuffer>;
}

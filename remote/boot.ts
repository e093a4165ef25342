/** What the loader passes to the program. */

import type { Socket } from "node:net";

/** The descriptors of the protocol, opened in one of two ways. */
export interface Boot {
  /** Input and output, opened as files. */
  files?: [Deno.FsFile, Deno.FsFile];
  /** The same as sockets, if they could not be opened as files. */
  sockets?: [Socket, Socket];
  /** Bytes of the preamble, which the loader has sent already. */
  helloBytes: number;
  /** The bytes that were read behind the program. */
  rest: Uint8Array<ArrayBuffer>;
}

/**
 * The protocol's descriptors as a stream of bytes, on the remote side.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Socket } from "node:net";
import type { ByteSink, ByteStream } from "../protocol/byte_stream.ts";
import { NodeByteStream } from "../transports/streams/node_stream.ts";
import type { Boot } from "./boot.ts";

/**
 * `node:net` takes half of a whole start to load, but makes a round trip in half the time: a
 * gateway that lives longer than this is worth it.
 */
const FILES_FOR_MS = 100;
const READ_BYTES = 64 * 1024;
/** Every pipe has room for as much: a write of it into an empty one cannot block. */
const PIPE_LEAST_BYTES = 4 * 1024;

type SocketClass = typeof Socket;

/** Starts on files, and goes on with sockets. */
export class DescriptorStream implements ByteStream {
  readonly #boot: Boot;
  readonly #ping: () => void;
  // The first `setTimeout` of a process loads a part of Node, which takes 5 ms; this does not.
  readonly #timer = AbortSignal.timeout(FILES_FOR_MS);
  #socketClass: SocketClass | undefined;
  #writtenBytes: number;
  #sockets: NodeByteStream | undefined;

  /** @param ping Makes the peer send some bytes: so no item of the user waits for sockets. */
  constructor(boot: Boot, ping: () => void) {
    this.#boot = boot;
    this.#ping = ping;
    this.#writtenBytes = boot.helloBytes;
    if (boot.sockets !== undefined) this.#sockets = new NodeByteStream(...boot.sockets);
  }

  start(sink: ByteSink): void {
    const { files, rest } = this.#boot;
    if (files === undefined) {
      if (rest.length > 0) sink.data(rest);
      this.#sockets?.start(sink);
      return;
    }
    this.#timer.addEventListener("abort", () => this.#loadSockets());
    this.#readFile(files[0], sink).catch((error) => sink.end(error));
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    if (this.#sockets !== undefined) return this.#sockets.write(chunks, written);
    const output = this.#boot.files?.[1];
    if (output === undefined) return;
    // In one call: code that is busy from now on could not make a second.
    const bytes = chunks.length === 1 ? chunks[0] : concat(chunks);
    this.#writtenBytes += bytes.length;
    if (this.#writtenBytes > PIPE_LEAST_BYTES) return writeAll(output, bytes).then(written);
    // The first results wait for no thread; nor are they lost to code that ends this process, or that
    // is busy from now on.
    for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
    written?.();
  }

  // A file's write is over when its promise has settled.
  async flushed(): Promise<void> {
    await this.#sockets?.flushed();
  }

  closeWrite(): void {
    this.#sockets?.closeWrite();
  }

  /** See {@linkcode NodeByteStream.finish}. */
  async finish(): Promise<void> {
    await this.#sockets?.finish();
  }

  async #loadSockets(): Promise<void> {
    this.#socketClass = (await import("node:net")).Socket;
    this.#ping(); // only between two reads can they take over
  }

  /** Reads until the end, or until sockets can take over, which they do between two reads. */
  async #readFile(file: Deno.FsFile, sink: ByteSink): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    while (this.#socketClass === undefined) {
      const count = await file.read(buffer);
      if (count === null) return sink.end();
      sink.data(buffer.subarray(0, count));
    }
    file.close();
    this.#sockets = openSockets(this.#socketClass);
    this.#sockets.start(sink);
    this.#ping(); // what runs for the first time is slow
  }
}

/** A socket reads from the moment it is made: before, the file must have had its last read. */
function openSockets(Socket: SocketClass): NodeByteStream {
  const input = { fd: 3, readable: true, writable: false };
  const output = { fd: 4, readable: false, writable: true };
  return new NodeByteStream(new Socket(input), new Socket(output));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * The descriptors of the protocol as a stream of bytes, on the remote side.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Socket } from "node:net";
import type { ByteSink, ByteStream } from "../protocol/byte_stream.ts";
import { NodeByteStream } from "../transports/streams/node_stream.ts";
import type { Boot } from "./boot.ts";
import { useContext } from "./origins.ts";
import { useImmediate } from "./rejections.ts";

/**
 * A gateway that lives longer than this changes to sockets: loading `node:net` takes half as long as a
 * whole start, but a round trip over sockets takes half the time.
 */
const FILES_FOR_MS = 100;
const READ_BYTES = 64 * 1024;
/** Every pipe has room for this: writing as much into an empty one cannot block. */
const PIPE_LEAST_BYTES = 4 * 1024;

type SocketClass = typeof Socket;

/** Reads and writes files at first, and sockets later. */
export class DescriptorStream implements ByteStream {
  readonly #boot: Boot;
  readonly #ping: () => void;
  // The first `setTimeout` of a process loads a part of Node, which takes 5 ms; this does not.
  readonly #timer = AbortSignal.timeout(FILES_FOR_MS);
  #socketClass: SocketClass | undefined;
  #writtenBytes: number;
  #sockets: NodeByteStream | undefined;

  /** @param ping Makes the peer send some bytes, so that no item of the user waits for the change. */
  constructor(boot: Boot, ping: () => void) {
    this.#boot = boot;
    this.#ping = ping;
    this.#writtenBytes = boot.helloBytes;
    if (boot.sockets === undefined) return;
    this.#sockets = new NodeByteStream(...boot.sockets);
    loadForExecutions();
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
    // In one call: if user code keeps the event loop busy from now on, there is no second one.
    const bytes = chunks.length === 1 ? chunks[0] : concat(chunks);
    this.#writtenBytes += bytes.length;
    if (this.#writtenBytes > PIPE_LEAST_BYTES) return writeAll(output, bytes).then(written);
    // Synchronous, so that the first results do not wait for a thread, and are not lost if user code
    // ends the process or keeps the event loop busy.
    for (let at = 0; at < bytes.length;) at += output.writeSync(bytes.subarray(at));
    written?.();
  }

  // A write to a file is over when its promise is resolved.
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
    const [{ Socket }] = await Promise.all([import("node:net"), loadForExecutions()]);
    this.#socketClass = Socket;
    this.#ping(); // the change happens between two reads, so there has to be one
  }

  /** Reads until the end, or until sockets can be opened, which happens between two reads. */
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
    this.#ping(); // the first read of a socket is slow: it is not to be one of the user's items
  }
}

/** Loads what executions need, once `node:net` is loaded: that has loaded most of it. */
async function loadForExecutions(): Promise<void> {
  const [{ setImmediate }, { AsyncLocalStorage }] = await Promise.all([
    import("node:timers"),
    import("node:async_hooks"),
  ]);
  useImmediate(setImmediate);
  useContext(AsyncLocalStorage);
}

/** Opens the sockets. They read at once, so the file must not be read any more. */
function openSockets(Socket: SocketClass): NodeByteStream {
  const input = { fd: 3, readable: true, writable: false };
  const output = { fd: 4, readable: false, writable: true };
  return new NodeByteStream(new Socket(input), new Socket(output));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/**
 * Tools for the tests of connections: two connections joined in memory, and one connection that
 * faces a peer which writes any bytes.
 */

import { createHash } from "node:crypto";
import { GatewayClosedError } from "../../errors.ts";
import { Hold } from "../../internal/keep_alive.ts";
import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import { FrameType, type Limits } from "../../protocol/constants.ts";
import { encodeExecRequest, type StatusReport } from "../../protocol/control.ts";
import { encodeFrame, type Frame, FrameDecoder } from "../../protocol/frames.ts";
import { encodePreamble, localHello, PreambleDecoder } from "../../protocol/preamble.ts";
import { MemoryStream } from "../../transports/streams/memory.ts";
import { Channel, coreOf } from "../../channel/channel.ts";
import { Bridges } from "../../channel/mux/bridge.ts";
import { Connection } from "../../channel/mux/connection.ts";
import { ExecSender } from "../../channel/mux/exec.ts";
import { StatusRequests } from "../../channel/mux/status_requests.ts";
import type { FrameTap } from "../../channel/frame_tap.ts";
import type { ConnectionHandler } from "../../channel/mux/handler.ts";
import type { ChannelCore } from "../../channel/core.ts";

/** A stream that reports when it has delivered its last bytes, so that no timer outlives a test. */
class WatchedStream implements ByteStream {
  readonly #inner: MemoryStream;
  readonly #ended = Promise.withResolvers<void>();

  constructor(inner: MemoryStream) {
    this.#inner = inner;
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  start(sink: ByteSink): void {
    this.#inner.start({
      data: (chunk) => sink.data(chunk),
      end: (error) => {
        sink.end(error);
        this.#ended.resolve();
      },
    });
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    return this.#inner.write(chunks, written);
  }

  flushed(): Promise<void> {
    return this.#inner.flushed();
  }

  closeWrite(): void {
    this.#inner.closeWrite();
  }
}

/** Hashes code, as an initiator does. */
export function hashOf(message: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(message).digest());
}

/** One connection, and the events that its handler received. */
export class Side {
  readonly connection: Connection;
  /** Makes the peer run code, as an initiator does. */
  readonly execs: ExecSender;
  /** The executions that the peer started, with their channels. */
  readonly running: { channel: Channel; core: ChannelCore; name: string }[] = [];
  /** Resolves with the error that ended the connection, or undefined if the stream ended. */
  readonly lost: Promise<Error | undefined>;
  /** The {@linkcode StatusReport} that it answers with. */
  status: StatusReport = { channels: 0, executing: [], execModel: "main" };
  /** The frames of this connection, as its tap saw them: `> EXEC 1` left, `< item 1` arrived. */
  readonly frames: string[] = [];
  /** How many holds keep the event loop alive. */
  holds = 0;
  /** The time that each request to end has left, in milliseconds. */
  readonly exits: number[] = [];
  readonly #release = () => void this.holds--;
  readonly #stream: WatchedStream;
  #executed = Promise.withResolvers<void>();

  constructor(side: "initiator" | "remote", stream: MemoryStream, limits?: Partial<Limits>) {
    const lost = Promise.withResolvers<Error | undefined>();
    this.lost = lost.promise;
    this.#stream = new WatchedStream(stream);
    const both = {
      owner: { id: side },
      tap: this.#tap(),
      hold: () => {
        this.holds++;
        return new Hold(this.#release);
      },
      lost(error: Error | undefined) {
        lost.resolve(error);
        return error ?? new GatewayClosedError("the stream ended");
      },
    };
    const handler: ConnectionHandler = side === "initiator"
      ? { ...both, side, bridges: new Bridges(), statusRequests: new StatusRequests() }
      : {
        ...both,
        side,
        exec: (channel, { name }) => {
          this.running.push({ channel, core: coreOf(channel), name });
          this.#executed.resolve();
        },
        status: () => this.status,
        exit: (graceMs) => void this.exits.push(graceMs),
      };
    this.connection = new Connection(this.#stream, handler, limits);
    this.execs = new ExecSender(this.connection, hashOf);
    const gateway = side === "initiator" ? side : "";
    this.connection.start(encodePreamble(localHello(gateway, this.connection.maxItemBytes)));
  }

  #tap(): FrameTap {
    return {
      received: (frame) => {
        this.frames.push(`< ${frame.type} ${"channel" in frame ? frame.channel : 0}`);
      },
      sent: (type, channel) => {
        const [name] = Object.entries(FrameType).find(([, value]) => value === type) ?? [];
        this.frames.push(`> ${name} ${channel}`);
      },
    };
  }

  /** The first execution that the peer starts. */
  async execution(): Promise<{ channel: Channel; core: ChannelCore; name: string }> {
    await this.#executed.promise;
    return this.running[0];
  }

  /** Resolves when the stream has delivered its last bytes. */
  get ended(): Promise<void> {
    return this.#stream.ended;
  }
}

/** Two connections that face each other, with the channel of one execution between them. */
export interface Pair extends AsyncDisposable {
  initiator: Side;
  remote: Side;
  /** The initiator's end of the execution. */
  near: Channel;
  /** The remote's end. */
  far: Channel;
  /** The inside of the remote's end. */
  farCore: ChannelCore;
}

/** Joins two connections. */
export async function pair(limits?: Partial<Limits>): Promise<Pair> {
  const [a, b] = MemoryStream.pair();
  const initiator = new Side("initiator", a, limits);
  const remote = new Side("remote", b, limits);
  const request = { kind: "source", name: "test", position: "", isolated: false } as const;
  const near = initiator.execs.send(request, "", []);
  const { channel: far, core: farCore } = await remote.execution();
  await far.receive(); // the arguments
  return {
    initiator,
    remote,
    near,
    far,
    farCore,
    async [Symbol.asyncDispose]() {
      initiator.connection.close();
      remote.connection.close();
      await Promise.all([initiator.ended, remote.ended]);
    },
  };
}

/** Both ends of a plain channel, made by the initiator. */
export async function plainChannel({ initiator, near, far }: Pair): Promise<[Channel, Channel]> {
  const here = initiator.connection.newChannel();
  await near.send(here);
  const there = await far.receive();
  if (!(there instanceof Channel)) throw new Error("a channel arrived as something else");
  return [here, there];
}

/**
 * Resolves when both sides are idle: each round trip moves all that one full pipe holds,
 * and a window is no more than 16 of these.
 */
export async function quiet({ initiator }: Pair): Promise<void> {
  for (let i = 0; i < 20; i++) await initiator.connection.requestStatus();
}

/** A peer that writes given bytes, right or wrong, and keeps the frames that it receives. */
export class RawPeer {
  /** The types of all received frames. */
  readonly seen: Frame["type"][] = [];
  readonly #stream: WatchedStream;
  readonly #preamble = new PreambleDecoder();
  readonly #decoder = new FrameDecoder();
  readonly #frames: Frame[] = [];
  #arrived = Promise.withResolvers<void>();
  #greeted = false;
  #reads = false;
  #ended = false;

  constructor(stream: MemoryStream) {
    this.#stream = new WatchedStream(stream);
  }

  /** Begins to read. */
  read(): void {
    this.#reads = true;
    this.#stream.start({
      data: (chunk) => this.#take(chunk),
      end: () => {
        this.#ended = true;
        this.#arrived.resolve();
      },
    });
  }

  /** Writes bytes, as one chunk. */
  async write(...parts: Uint8Array[]): Promise<void> {
    const chunk = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
    let at = 0;
    for (const part of parts) {
      chunk.set(part, at);
      at += part.length;
    }
    await this.#stream.write([chunk]);
  }

  /** Writes a valid preamble, and opens the window of the connection wide. */
  async greet(): Promise<void> {
    const credit = encodeFrame(FrameType.WINDOW, 0, Uint8Array.of(0x7f, 0, 0, 0));
    await this.write(encodePreamble(localHello("", 2 ** 30)), credit);
  }

  /** Reads frames up to one of `type`; undefined if the stream ends before. */
  async next<T extends Frame["type"]>(type: T): Promise<Frame & { type: T } | undefined> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame?.type === type) return frame as Frame & { type: T };
      if (frame !== undefined) continue;
      if (this.#ended) return undefined;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }

  /** Ends its half and waits for the other's end. */
  async close(): Promise<void> {
    this.#stream.closeWrite();
    if (this.#reads) await this.#stream.ended;
  }

  #take(chunk: Uint8Array<ArrayBuffer>): void {
    if (!this.#greeted) {
      const greeting = this.#preamble.push(chunk);
      if (greeting === undefined) return;
      this.#greeted = true;
      chunk = greeting.rest;
    }
    this.#decoder.push(chunk, (frame) => {
      if (frame.type === "window" && frame.channel === 0) return true; // each side begins with one
      this.seen.push(frame.type);
      this.#frames.push(structuredClone(frame));
      return true;
    });
    this.#arrived.resolve();
  }
}

/** One connection, and the raw peer that it faces. */
export interface Facing extends AsyncDisposable {
  side: Side;
  peer: RawPeer;
}

/** Makes a connection of the given side that faces a raw peer. */
export function face(
  side: "initiator" | "remote",
  options: { limits?: Partial<Limits>; peerReads?: boolean } = {},
): Facing {
  const [a, b] = MemoryStream.pair();
  const facing = new Side(side, a, options.limits);
  const peer = new RawPeer(b);
  if (options.peerReads !== false) peer.read();
  return {
    side: facing,
    peer,
    async [Symbol.asyncDispose]() {
      facing.connection.close();
      await Promise.all([peer.close(), facing.ended]);
    },
  };
}

/** Returns a valid EXEC frame. */
export function execFrame(channel: number): Uint8Array {
  const request = encodeExecRequest({
    kind: "source",
    name: "test",
    position: "",
    isolated: false,
  });
  return encodeFrame(FrameType.EXEC, channel, request);
}

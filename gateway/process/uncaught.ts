/**
 * Passes on errors of remote code that failed no execution.
 *
 * @module
 */

import { Binding } from "../../channel/binding.ts";
import type { ChannelGateway } from "../../channel/channel.ts";
import type { Connection } from "../../channel/mux/connection.ts";
import { ErrorCompletion } from "../../channel/error_completion.ts";
import { PeerError } from "../../channel/peer_error.ts";
import type { Code } from "../../code/code.ts";
import { explain } from "../../code/loaded.ts";
import { ProtocolError, RemoteError } from "../../errors.ts";
import { queueMicrotask } from "../../internal/timers.ts";
import type { UncaughtHandler } from "../uncaught_handler.ts";

/** A far side of this project tells a fifth. */
const MOST_A_SECOND = 100;
/** How many codes are kept, to find the user's own lines. */
const LATEST_CODES = 256;

/** The errors of one connection. A far side that tells more than it may is not listened to for a while. */
export class UncaughtErrors {
  readonly #connection: Connection;
  readonly #gateway: ChannelGateway;
  readonly #handler: () => UncaughtHandler | undefined;
  /** By the channels that they were sent on. */
  readonly #codes = new Map<number, Code>();
  #second = -Infinity;
  #told = 0;
  #missed = 0;

  constructor(
    connection: Connection,
    gateway: ChannelGateway,
    handler: () => UncaughtHandler | undefined = () => undefined,
  ) {
    this.#connection = connection;
    this.#gateway = gateway;
    this.#handler = handler;
  }

  /** Code was sent on a channel. */
  codeSent(channel: number, code: Code): void {
    this.#codes.set(channel, { ...code, text: "" }); // which may be large
    if (this.#codes.size <= LATEST_CODES) return;
    for (const oldest of this.#codes.keys()) return void this.#codes.delete(oldest);
  }

  /**
   * Passes on an error that the far side tells.
   *
   * @throws {ProtocolError} if it is not an error.
   */
  receive(channel: number, missed: number, bytes: Uint8Array): void {
    const handler = this.#handler();
    if (handler === undefined) return; // the far side has printed it
    this.#missed += missed;
    const now = performance.now();
    if (now - this.#second >= 1_000) [this.#second, this.#told] = [now, 0];
    if (this.#told === MOST_A_SECOND) return void this.#missed++;
    this.#told++;
    const allMissed = this.#missed;
    this.#missed = 0;
    const code = this.#codes.get(channel);
    const binding = new Binding(this.#connection, channel);
    const peerError = new PeerError(binding);
    if (code !== undefined) {
      peerError.completion = new ErrorCompletion(binding, (init) => explain(code, init));
    }
    peerError.read(bytes, (error) => {
      if (!(error instanceof RemoteError)) {
        throw new ProtocolError("the peer told an uncaught error that is none", { cause: error });
      }
      // What the handler throws is an uncaught error of its own.
      queueMicrotask(() => handler(error, this.#gateway, allMissed));
    });
  }
}

/**
 * A TCP connection that another gateway makes, as one of Node's streams.
 *
 * @module
 */

import { Duplex } from "node:stream";
import type { Hold } from "../../internal/keep_alive.ts";
import { type Channel, coreOf } from "../../channel/channel.ts";
import { consume } from "../../channel/consumers.ts";
import type { Address } from "../tcp/address.ts";
import { KEEP_ALIVE_MS } from "../tcp/socket.ts";
import { CONNECTED, dial } from "./dial.ts";
import type { RelayGateway } from "./relay_process.ts";

/** A connection that a relay gateway makes: over one channel, with its backpressure. */
export class RelaySocket extends Duplex {
  readonly #relay: RelayGateway;
  readonly #channel: Channel<Uint8Array | string, Uint8Array>;
  #wanted: (() => void) | undefined;
  #hold: Hold | undefined;

  /**
   * Emits `connect` as a socket does, or fails with the relay gateway's error.
   *
   * @param name Its name in the relay gateway's status and in messages.
   */
  constructor(relay: RelayGateway, address: Address, name: string) {
    super({ allowHalfOpen: false });
    this.#relay = relay;
    const args = { ...address, connected: CONNECTED, keepAlive: KEEP_ALIVE_MS };
    const channel = this.#channel = relay.remoteExec(dial, args, { name });
    consume(
      coreOf(channel),
      (item) => item === CONNECTED ? void this.emit("connect") : this.#push(item),
      () => {
        const failure = coreOf(channel).outcome.failure;
        if (failure !== undefined) this.destroy(failure);
        else this.push(null);
      },
    );
  }

  ref(): void {
    if (!this.destroyed) this.#hold ??= this.#relay.hold();
  }

  unref(): void {
    this.#hold?.[Symbol.dispose]();
    this.#hold = undefined;
  }

  override _read(): void {
    this.#wanted?.();
    this.#wanted = undefined;
  }

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error) => void): void {
    const sent = coreOf(this.#channel).sendOn(plain(chunk));
    if (sent === undefined) done();
    else sent.then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.#channel.closeSend();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#wanted?.();
    this.unref();
    this.#channel.close();
    done(error);
  }

  /** Takes an item. The far side may send anything: an item that is not bytes breaks the connection. */
  #push(item: unknown): Promise<void> | void {
    if (!(item instanceof Uint8Array)) {
      return void this.destroy(new Error("the relay gateway sent something that is not bytes"));
    }
    if (this.push(item) || this.destroyed) return;
    return new Promise((resolve) => this.#wanted = resolve);
  }
}

/** Returns the bytes of a `Buffer`, which itself is no item. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

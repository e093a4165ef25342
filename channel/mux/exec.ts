/**
 * Asks the remote to run code.
 *
 * @module
 */

import { FrameType } from "../../protocol/constants.ts";
import { encodeExecRequest, type ExecRequest } from "../../protocol/control.ts";
import { type Channel, coreOf } from "../channel.ts";
import { type CodeHash, SentCode } from "./code_cache.ts";
import type { Connection } from "./connection.ts";

/** The part of a connection that an {@linkcode ExecSender} uses. */
export type ExecConnection = Pick<
  Connection,
  "lost" | "codec" | "scheduler" | "peerMaxItemBytes" | "newChannel" | "newExecution"
>;

/**
 * Sends executions over one connection, and each code once. Of the initiator alone: so it is no part
 * of the program that is sent to the remote.
 */
export class ExecSender {
  readonly #connection: ExecConnection;
  readonly #sentCode: SentCode;
  #codeSentOn = 0;

  /** @param hash Names code. */
  constructor(connection: ExecConnection, hash: CodeHash) {
    this.#connection = connection;
    this.#sentCode = new SentCode(hash);
  }

  /** The id of the latest channel that code was sent on: the far side had the code of all later ones. */
  get codeSentOn(): number {
    return this.#codeSentOn;
  }

  /**
   * Asks for an execution: now, or once its code is there.
   *
   * @throws {SerializationError} when `args` cannot travel; nothing was sent then.
   * @throws {GatewayClosedError} when the connection is gone.
   */
  send(request: ExecRequest, code: string | Promise<string>, args: unknown): Channel {
    const { codec, lost, peerMaxItemBytes } = this.#connection;
    if (lost !== undefined) throw lost;
    const argsBytes = codec.own(codec.encode(args, "args", peerMaxItemBytes));
    const channel = typeof code === "string"
      ? this.#sendWith(code, request)
      : this.#sendBefore(code, request);
    coreOf(channel).sendEncoded(argsBytes);
    return channel;
  }

  #sendWith(code: string, request: ExecRequest): Channel {
    const { scheduler } = this.#connection;
    const channel = this.#connection.newExecution();
    // While frames wait, code waits with them, under the channel's window. A relay has no code.
    const sent = scheduler.idle && request.kind !== "relay"
      ? this.#sentCode.refer(request, code)
      : undefined;
    if (sent === undefined) {
      this.#sendAsItem(code, request, channel);
    } else {
      if (sent.payload !== undefined) {
        this.#codeSentOn = channel.id;
        scheduler.frame(FrameType.CODE, 0, sent.payload);
      }
      scheduler.frame(FrameType.EXEC_KEPT, channel.id, sent.hash);
    }
    return channel;
  }

  /** The code follows on a channel of its own, so that items sent meanwhile keep their order. */
  #sendBefore(code: Promise<string>, request: ExecRequest): Channel {
    const supply = this.#connection.newChannel();
    const channel = this.#connection.newExecution();
    this.#sendAsItem(supply, request, channel);
    channel.signal.addEventListener("abort", () => supply.close());
    code.then((text) => supply.send(text)).catch((error) => coreOf(channel).lifecycle.reset(error));
    return channel;
  }

  #sendAsItem(code: string | Channel, request: ExecRequest, channel: Channel): void {
    const { codec, scheduler } = this.#connection;
    this.#codeSentOn = channel.id;
    scheduler.frame(FrameType.EXEC, channel.id, encodeExecRequest(request));
    coreOf(channel).sendEncoded(codec.own(codec.encode(code)));
  }
}

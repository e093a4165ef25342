/**
 * Brings each frame of the peer to what it is for.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";
import { FrameType } from "../../protocol/constants.ts";
import { decodeExecRequest, encodeStatusReport } from "../../protocol/control.ts";
import type { Frame } from "../../protocol/frames.ts";
import type { Channel } from "../channel.ts";
import type { ChannelCore } from "../core.ts";
import type { ChannelRole } from "../state.ts";
import type { ConnectionCredit } from "../connection_credit.ts";
import type { ConnectionWindow } from "../connection_window.ts";
import type { FrameSink } from "../frame_sink.ts";
import type { ChannelTable } from "./channel_table.ts";
import type { ReceivedCode } from "./code_cache.ts";
import type { ConnectionHandler, RemoteHandler } from "./handler.ts";

/** The parts of a connection that frames act on. */
export interface FrameTarget {
  readonly handler: ConnectionHandler;
  readonly channels: Pick<ChannelTable, "addressee">;
  readonly code: ReceivedCode;
  /** Takes the answers. */
  readonly scheduler: Pick<FrameSink, "frame">;
  readonly credit: Pick<ConnectionCredit, "add">;
  readonly window: Pick<ConnectionWindow, "receive" | "free">;
  /** Adds a channel that the peer has opened. */
  accept(id: number, role: ChannelRole): Channel;
}

/**
 * Acts on a frame.
 *
 * @throws {ProtocolError} when the peer may not send it, or not now: that ends the connection.
 */
export function dispatch(frame: Frame, on: FrameTarget): void {
  switch (frame.type) {
    case "item":
    case "part": {
      on.window.receive(frame.cost);
      const core = addressee(frame, on);
      return core === undefined ? on.window.free(frame.cost) : core.receiveItem(frame);
    }
    case "drop":
      return addressee(frame, on)?.receiveDrop();
    case "window":
      if (frame.channel === 0) return on.credit.add(frame.credit);
      return addressee(frame, on)?.sendQueue.addCredit(frame.credit);
    case "blocked":
      return addressee(frame, on)?.received.items.blocked(frame.wanted);
    case "grant": {
      const core = addressee(frame, on);
      return core === undefined ? on.credit.add(frame.credit) : core.sendQueue.grant(frame.credit);
    }
    case "end":
      return addressee(frame, on)?.lifecycle.receiveEnd();
    case "close":
      return addressee(frame, on)?.receiveClose(frame.error);
    case "open":
      on.accept(frame.channel, "plain");
      return;
    case "exec": {
      const handler = remoteHandler(frame, on);
      const request = decodeExecRequest(frame.request);
      return handler.exec(on.accept(frame.channel, "running"), request);
    }
    case "code":
      remoteHandler(frame, on);
      return on.code.add(frame.hash, frame.code);
    case "execKept": {
      const handler = remoteHandler(frame, on);
      const code = on.code.get(frame.hash);
      return handler.exec(on.accept(frame.channel, "running"), code, code);
    }
    case "statusRequest": {
      const report = remoteHandler(frame, on).status();
      return on.scheduler.frame(FrameType.STATUS, frame.request, encodeStatusReport(report));
    }
    case "status":
      if (on.handler.side === "remote") return; // it has asked for nothing
      return on.handler.statusRequests.answer(frame.request, frame.status);
    case "exit":
      return remoteHandler(frame, on).exit(frame.graceMs);
    case "ping":
      return on.scheduler.frame(FrameType.PONG, 0);
    case "pong":
      return; // to have received it is all
    case "uncaught":
      if (on.handler.side === "remote") throw notItsPart(frame);
      return on.handler.uncaught?.(frame.channel, frame.missed, frame.error);
  }
}

/** Returns the channel that a frame is for, or undefined if it has closed. */
function addressee(
  frame: Frame & { channel: number },
  { channels }: FrameTarget,
): ChannelCore | undefined {
  const core = channels.addressee(frame.channel);
  if (core?.isPeerClosing) {
    throw new ProtocolError(
      `the peer sent ${frame.type} on channel ${frame.channel} after its CLOSE`,
    );
  }
  return core;
}

function remoteHandler(frame: Frame, { handler }: FrameTarget): RemoteHandler {
  if (handler.side === "remote") return handler;
  throw notItsPart(frame);
}

function notItsPart({ type }: Frame): ProtocolError {
  return new ProtocolError(`the peer sent ${type}, which is not its part`);
}

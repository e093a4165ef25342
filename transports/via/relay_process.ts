/**
 * A process that another gateway starts, as a transport.
 *
 * @module
 */

import { type Channel, coreOf } from "../../channel/channel.ts";
import { consume, consumeBytes } from "../../channel/consumers.ts";
import type { Hold } from "../../internal/keep_alive.ts";
import { endingWithStarter } from "../../internal/side_process.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import type { RelayArgs, RelayReport } from "../../protocol/relay_messages.ts";
import { endingWithParent } from "../machine/machine.ts";
import type { ProcessOptions } from "../streams/group_leader.ts";
import { ofShell } from "../streams/shell_status.ts";
import { type ExitStatus, NO_STATUS, type Transport } from "../transport.ts";

/** A gateway that starts processes and makes connections for others (`via`). */
export interface RelayGateway {
  readonly id: string;
  newChannel<Receive, Send>(): Channel<Receive, Send>;
  /** See `Gateway.remoteExec`. */
  remoteExec<Receive, Send, Args>(
    fn: (channel: Channel<Receive, Send>, args: Args) => unknown,
    args: Args,
    options: { name: string },
  ): Channel<Send, Receive>;
  /** Starts a process there; the channel carries its stdin and stdout. */
  relay(args: RelayArgs, name: string): Channel<Uint8Array, Uint8Array>;
  /** Keeps the event loop alive until the returned hold is disposed. */
  hold(): Hold;
}

/** A process that a relay gateway starts: its bytes go over one channel, with its backpressure. */
export class RelayProcess implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"];
  readonly #relay: RelayGateway;
  readonly #channel: Channel<Uint8Array, Uint8Array>;
  readonly #side: Channel<RelayReport, Deno.Signal>;
  #hold: Hold | undefined;

  /**
   * @param name Its name in the relay gateway's status and in messages.
   * @param isSide Whether it is a side process: it gets a process group of its own, which ends with the
   * relay gateway.
   */
  constructor(
    relay: RelayGateway,
    { command, env = {} }: ProcessOptions,
    name: string,
    isSide = false,
  ) {
    this.#relay = relay;
    this.#side = relay.newChannel<RelayReport, Deno.Signal>();
    const guarded = isSide ? endingWithStarter(command) : endingWithParent(command);
    this.#channel = relay.relay({ command, guarded, isSide, env, side: this.#side }, name);
    const stderr = new TransformStream<Uint8Array, Uint8Array>();
    this.exited = this.#report(stderr.writable.getWriter());
    this.output = { stdout: ReadableStream.from<Uint8Array>([]), stderr: stderr.readable };
  }

  start(sink: ByteSink): void {
    const core = coreOf(this.#channel);
    consumeBytes(
      core,
      (bytes, cost) => {
        sink.data(bytes as Uint8Array<ArrayBuffer>);
        core.received.items.consumed(cost);
      },
      () => sink.end(core.outcome.failure),
    );
  }

  write(chunks: readonly Uint8Array[], written: () => void = () => {}): Promise<void> | void {
    return coreOf(this.#channel).sendBytes(chunks, written);
  }

  // What the channel has accepted, the relay gateway will write.
  async flushed(): Promise<void> {}

  closeWrite(): void {
    this.#channel.closeSend();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    coreOf(this.#side).sendOn(signal);
  }

  release(): void {
    this.#channel.close();
    this.#side.close();
  }

  ref(): void {
    this.#hold ??= this.#relay.hold();
  }

  unref(): void {
    this.#hold?.[Symbol.dispose]();
    this.#hold = undefined;
  }

  /** Reads stderr and the exit status from the side channel. The end of the relay gateway leaves it unknown. */
  #report(stderr: WritableStreamDefaultWriter<Uint8Array>): Promise<ExitStatus> {
    return new Promise((resolve) => {
      consume(
        coreOf(this.#side),
        (report) => {
          if (report instanceof Uint8Array) return stderr.write(report).catch(() => {});
          resolve(ofShell(statusOf(report)));
        },
        () => {
          stderr.close().catch(() => {});
          resolve(NO_STATUS);
        },
      );
      // If the process could not even be started, nothing closes the side channel there.
      const { lifecycle, outcome } = coreOf(this.#channel);
      lifecycle.onEnd(() => outcome.failure && this.#side.close());
    });
  }
}

/** Checks a report: the far side may send anything. */
function statusOf(report: unknown): ExitStatus {
  const { code, signal } = (report ?? {}) as Partial<ExitStatus>;
  return {
    code: typeof code === "number" ? code : null,
    signal: typeof signal === "string" ? signal : null,
  };
}

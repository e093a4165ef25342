/**
 * A process on the far side: its stream, its output, and its end.
 *
 * @module
 */

import type { ByteSink, ByteStream } from "../../protocol/byte_stream.ts";
import {
  type ExitStatus,
  type GatewayExit,
  NO_STATUS,
  type Transport,
} from "../../transports/transport.ts";
import { MAX_TIMER_MS, within } from "../../internal/wait.ts";
import { withoutLoader } from "../../transports/program/loader.ts";
import type { KeepAlive } from "./keep_alive.ts";
import { eachLine, LineTail } from "../../internal/lines.ts";

/** Receives the events of a {@linkcode RemoteProcess}. */
export interface ProcessObserver {
  /** Called for each line that the process prints. */
  printed(line: string, stream: "stdout" | "stderr"): void;
  /** Called when its output can no longer be read. */
  outputLost(stream: "stdout" | "stderr", error: unknown): void;
  /** Called when the process has ended. Its stream ends when the promise resolves. */
  ended(): Promise<void>;
}

/** Time for the last bytes after the end of the process: a grandchild may hold its pipes open. */
const LAST_BYTES_MS = 500;
/** Time for the exit status after the end of the connection, and after SIGKILL. */
const LAST_STATUS_MS = 2_000;
/** Time from SIGTERM to SIGKILL. */
const TERM_GRACE_MS = 1_000;

/**
 * A process behind a transport, as a stream of bytes. The stream ends only when the exit status is
 * known, or cannot be had: so every error that follows can name it.
 */
export class RemoteProcess implements ByteStream {
  readonly #transport: Transport;
  readonly #observer: ProcessObserver;
  readonly #tail = new LineTail();
  readonly #closed = Promise.withResolvers<GatewayExit>();
  readonly #streamEnded = Promise.withResolvers<void>();
  readonly #givenUp = Promise.withResolvers<void>();
  #ended: Promise<void> | undefined;
  #sink: ByteSink | undefined;
  #streamError: Error | undefined;
  #status: ExitStatus = NO_STATUS;

  constructor(transport: Transport, keepAlive: KeepAlive, observer: ProcessObserver) {
    this.#transport = transport;
    this.#observer = observer;
    const printed = Promise.all([this.#read("stdout"), this.#read("stderr")]);
    keepAlive.add(transport);
    this.#watch(printed).finally(() => keepAlive.delete(transport));
  }

  /** Resolves when it has ended; never rejects. Does not keep the event loop alive. */
  get closed(): Promise<GatewayExit> {
    return this.#closed.promise;
  }

  /** The exit status, as far as it is known. */
  get status(): ExitStatus {
    return this.#status;
  }

  /** The error that broke its stream, if one did. */
  get streamError(): Error | undefined {
    return this.#streamError;
  }

  /** The last lines on its stderr, oldest first. */
  get tail(): string[] {
    return this.#tail.lines;
  }

  /** Sends it SIGTERM. */
  abort(): void {
    this.#transport.abort("SIGTERM");
  }

  /**
   * Ends it: SIGTERM, and SIGKILL after `graceMs`. What carries it may need the time, to give back an
   * allocation or to stop a container: SIGKILL would leave both behind. The first call counts.
   */
  end(graceMs: number = TERM_GRACE_MS): Promise<void> {
    return this.#ended ??= this.#end(graceMs);
  }

  async #end(graceMs: number): Promise<void> {
    const { exited } = this.#transport;
    this.#transport.abort("SIGTERM");
    if (await within(exited, graceMs)) return;
    this.#transport.abort("SIGKILL");
    // A process that SIGKILL does not end, or whose end cannot be seen, is not waited for.
    if (!await within(exited, LAST_STATUS_MS)) this.#givenUp.resolve();
  }

  /** Asks it to end, then makes it: SIGTERM after `killMs`, SIGKILL 1 s later. */
  async terminate(ask: () => void, killMs: number): Promise<GatewayExit> {
    ask();
    if (!await within(this.#transport.exited, Math.min(killMs, MAX_TIMER_MS))) await this.end();
    return await this.#closed.promise;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#transport.start({
      data: sink.data,
      end: (error) => {
        this.#streamError ??= error;
        this.#streamEnded.resolve();
      },
    });
  }

  write(chunks: readonly Uint8Array[], written?: () => void): Promise<void> | void {
    try {
      // The end of the stream reports a broken pipe, with the reason.
      return this.#transport.write(chunks, written)?.catch(() => new Promise<never>(() => {}));
    } catch {
      return new Promise<never>(() => {});
    }
  }

  flushed(): Promise<void> {
    return this.#transport.flushed();
  }

  closeWrite(): void {
    this.#transport.closeWrite();
  }

  async #watch(printed: Promise<unknown>): Promise<void> {
    const { exited } = this.#transport;
    const givenUp = this.#givenUp.promise;
    await Promise.race([exited, givenUp, this.#streamEnded.promise]);
    const ended = Promise.race([exited, givenUp]).then(() => true);
    if (!await within(ended, LAST_STATUS_MS)) await this.end();
    this.#status = await Promise.race([exited, Promise.resolve(NO_STATUS)]);
    await within(Promise.all([this.#streamEnded.promise, printed]), LAST_BYTES_MS);
    await this.#observer.ended();
    this.#sink?.end();
    this.#transport.release();
    const { code, signal } = this.#status;
    const reason = signal !== null ? "killed" : code !== null ? "exit" : "lost";
    this.#closed.resolve({ reason, code, signal, stderrTail: this.tail });
  }

  /** Reads all output, even if nobody wants it: a process whose output is not read stops. */
  async #read(stream: "stdout" | "stderr"): Promise<void> {
    try {
      const transport = this.#transport;
      await eachLine(transport.output[stream], (printed) => {
        const isForTransport = stream === "stderr" && transport.shownOf !== undefined;
        const shown = isForTransport ? transport.shownOf?.(printed) : printed;
        if (shown === undefined) return;
        const line = withoutLoader(shown);
        if (stream === "stderr") this.#tail.add(line);
        this.#observer.printed(line, stream);
      });
    } catch (error) {
      this.#observer.outputLost(stream, error);
    }
  }
}

/**
 * The session of a server that was started for it.
 *
 * @module
 */

import { within } from "../../internal/wait.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { ForwardingTransport } from "../streams/forward.ts";
import type { ExitStatus, Transport } from "../transport.ts";

/** Bounds the wait for the last bytes of a session, and for why its server was lost. */
const LAST_BYTES_MS = 500;
/** Bounds the wait for the server to end by itself, once its session has ended. */
const END_GRACE_MS = 1_000;
/** Bounds the wait for the server to kill its session and report that, before it is forced to end. */
const KILL_GRACE_MS = 500;

/** The server of a session. */
export interface SessionServer {
  /** Whether its session has begun. */
  readonly hasSession: boolean;
  /** Resolves when it has ended, with the error that ended it; undefined if it never ran. */
  readonly ended: Promise<Error | undefined> | undefined;
  /** Ends it: asks, and after `timeout` milliseconds forces it. */
  terminate(timeout: number): Promise<void>;
}

/** A session that its server ends with. */
export class InstalledSession extends ForwardingTransport {
  readonly exited: Promise<ExitStatus>;
  readonly #server: SessionServer;
  readonly #dataEnded = Promise.withResolvers<void>();
  /** Why the session was lost, if its server has reported that. */
  #lost: Error | undefined;

  constructor(session: Transport, server: SessionServer) {
    super(session);
    this.#server = server;
    this.exited = this.#watch(session);
  }

  override start({ data, end }: ByteSink): void {
    super.start({
      data,
      end: async (error) => {
        this.#dataEnded.resolve();
        // The reason is reported with the end of the stream, if it becomes known in time.
        await within(this.exited, LAST_BYTES_MS + 2 * END_GRACE_MS);
        end(this.#lost ?? error);
      },
    });
  }

  override abort(signal: "SIGTERM" | "SIGKILL"): void {
    super.abort(signal);
    // Before a session, there is nothing else to end. A server that is stopped passes no signal on.
    if (!this.#server.hasSession) this.#server.terminate(0);
    else if (signal === "SIGKILL") this.#server.terminate(KILL_GRACE_MS);
  }

  /** Ends the server after the session; resolves when both have ended. */
  async #watch(session: Transport): Promise<ExitStatus> {
    const status = await session.exited;
    if (!this.#server.hasSession) {
      await this.#server.terminate(0);
      return status;
    }
    await within(this.#dataEnded.promise, LAST_BYTES_MS);
    session.release(); // the server waits for that
    const isLost = status.code === null && status.signal === null;
    if (isLost && this.#server.ended !== undefined) {
      this.#lost = await within(this.#server.ended, LAST_BYTES_MS);
    }
    await this.#server.terminate(END_GRACE_MS);
    return status;
  }
}

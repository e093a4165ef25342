/** A gateway whose far side is in this process, joined by {@linkcode MemoryStream}s. */

import { type Gateway, startGateway } from "../../gateway/gateway.ts";
import { Group } from "../../gateway/group.ts";
import { resolveSpec } from "../../gateway/spec.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { Executor } from "../../remote/executor.ts";
import { MemoryStream } from "../../transports/memory.ts";
import type { ExitStatus, Transport } from "../../transports/transport.ts";

const NO_OUTPUT = () => ReadableStream.from<Uint8Array>([]);

class MemoryTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"] = { stdout: NO_OUTPUT(), stderr: NO_OUTPUT() };
  readonly #near: MemoryStream;
  readonly #end: (status: ExitStatus) => void;

  constructor() {
    const [near, far] = MemoryStream.pair();
    this.#near = near;
    const { promise, resolve } = Promise.withResolvers<ExitStatus>();
    this.exited = promise;
    this.#end = (status) => {
      resolve(status);
      far.closeWrite();
    };
    new Executor(far, () => this.#end({ code: 0, signal: null }));
  }

  start(sink: ByteSink): void {
    this.#near.start(sink);
  }

  write(chunks: readonly Uint8Array[]): Promise<void> | void {
    return this.#near.write(chunks);
  }

  closeWrite(): void {
    this.#near.closeWrite();
  }

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#end({ code: null, signal });
  }

  release(): void {
    this.#near.break();
  }

  ref(): void {}

  unref(): void {}
}

/** Starts one. */
export function makeMemoryGateway(): Promise<Gateway> {
  const given = { popen: true } as const;
  return startGateway({
    id: "memory",
    group: new Group(),
    spec: resolveSpec(given),
    given,
    transport: new MemoryTransport(),
    program: undefined,
  });
}

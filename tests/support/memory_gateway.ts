/** A gateway whose far side is in this process, joined by {@linkcode MemoryStream}s. */

import { createGateway } from "../../gateway/create.ts";
import { coreOf, type Gateway } from "../../gateway/gateway.ts";
import { Group } from "../../gateway/group.ts";
import type { TransportKind } from "../../transports/kind.ts";
import { popen } from "../../transports/popen.ts";
import { here } from "../../transports/machine/here.ts";
import { type GatewaySpec, resolveSpec } from "../../spec/spec.ts";
import type { ByteSink } from "../../protocol/byte_stream.ts";
import { DEFAULT_LIMITS } from "../../protocol/constants.ts";
import { encodePreamble, localHello } from "../../protocol/preamble.ts";
import { Executor } from "../../remote/executor.ts";
import { MemoryStream } from "../../transports/streams/memory.ts";
import type { ExitStatus, Transport } from "../../transports/transport.ts";

const NO_OUTPUT = () => ReadableStream.from<Uint8Array>([]);

class MemoryTransport implements Transport {
  readonly exited: Promise<ExitStatus>;
  readonly output: Transport["output"] = { stdout: NO_OUTPUT(), stderr: NO_OUTPUT() };
  readonly #near: MemoryStream;
  #ended = false;
  readonly #end: (status: ExitStatus) => void;

  constructor(up: Promise<void> | undefined) {
    const [near, far] = MemoryStream.pair();
    this.#near = near;
    const { promise, resolve } = Promise.withResolvers<ExitStatus>();
    this.exited = promise;
    this.#end = (status) => {
      if (this.#ended) return; // it ends once more when it sees that its connection is gone
      this.#ended = true;
      far.closeWrite();
      // After the bytes that are still in the pipe, so that no timer outlives the gateway.
      setTimeout(resolve, 0, status);
    };
    const start = () => {
      if (this.#ended) return;
      // As the loader does.
      far.write([encodePreamble(localHello("", DEFAULT_LIMITS.maxItemBytes))]);
      new Executor(far, () => this.#end({ code: 0, signal: null }));
    };
    if (up === undefined) start();
    else up.then(start);
  }

  start(sink: ByteSink): void {
    this.#near.start(sink);
  }

  write(chunks: readonly Uint8Array[]): Promise<void> | void {
    if (!this.#ended) return this.#near.write(chunks);
  }

  async flushed(): Promise<void> {}

  // The far side has ended, or is to look killed; it needs no notice.
  closeWrite(): void {}

  abort(signal: "SIGTERM" | "SIGKILL"): void {
    this.#end({ code: null, signal });
  }

  release(): void {}

  ref(): void {}

  unref(): void {}
}

/**
 * Starts a memory gateway.
 *
 * @param opening Called at each start, of the gateway or of an isolated execution. The start
 * completes when the returned promise resolves.
 */
export async function makeMemoryGateway(
  spec: Partial<GatewaySpec> = {},
  opening: () => Promise<void> | undefined = () => undefined,
): Promise<Gateway> {
  const given = { popen: true, ...spec } as const;
  const kind: TransportKind = {
    ...popen,
    plan: () => ({ open: () => new MemoryTransport(opening()) }),
  };
  const init = {
    id: "memory",
    spec: { ...resolveSpec(given), kind },
    machine: here,
    transport: new MemoryTransport(opening()),
    program: undefined,
  };
  const gateway = createGateway(init, given, new Group());
  await coreOf(gateway).ready();
  return gateway;
}

/**
 * Shows that a transport is one file and one line in the registry: this one carries the protocol over
 * a pair of Unix sockets, and does all that a gateway does.
 */

import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { Group } from "../../mod.ts";
import type { TransportKind } from "../../transports/kind.ts";
import { denoArguments } from "../../transports/program/deno_command.ts";
import { addKind } from "../../transports/registry.ts";
import { NodeByteStream } from "../../transports/streams/node_stream.ts";
import { signalGroup } from "../../internal/signal.ts";
import type { ExitStatus, Transport } from "../../transports/transport.ts";
import { conformance } from "./suite.ts";

const toy: TransportKind<string> = {
  key: "toy",
  isNetworked: false,
  parse: (spec) => spec.required("toy"),
  shown: (deno) => ({ toy: deno }),
  plan: (request) => ({
    open: () => openPair([request.options, ...denoArguments(request)]),
  }),
  explain: () => undefined,
};

/** Starts a process with one of two connected sockets as its fds 3 and 4. */
function openPair(command: string[]): Transport {
  const child = spawn("/bin/sh", ["-c", 'exec "$@" 4>&3', "sh", ...command], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const [, stdout, stderr, socket] = child.stdio as unknown as Socket[];
  return Object.assign(new NodeByteStream(socket, socket), {
    exited: new Promise<ExitStatus>((resolve) =>
      child.on("exit", (code, signal) => resolve({ code, signal }))
    ),
    output: { stdout: printed(stdout), stderr: printed(stderr) },
    abort: (signal: "SIGTERM" | "SIGKILL") => signalGroup(child, signal),
    release: () => void socket.destroy(),
    ref: () => {},
    unref: () => {},
  });
}

const printed = (pipe: Socket) => Readable.toWeb(pipe) as unknown as ReadableStream<Uint8Array>;

addKind(toy);
conformance("toy", () => new Group().makeGateway(`toy=${Deno.execPath()}`));

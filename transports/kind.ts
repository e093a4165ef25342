/**
 * The contract of a transport: how one kind of gateway (`popen`, `ssh`, …) is started.
 *
 * @module
 */

import { type ExecnetError, LaunchError } from "../errors.ts";
import type { ServerHosting } from "./installvia/server_host.ts";
import type { Machine } from "./machine/machine.ts";
import type { Plan } from "./machine/plan.ts";
import type { LaunchRequest } from "./machine/request.ts";
import type { SpecReader } from "./spec_reader.ts";
import type { ProcessOptions } from "./streams/group_leader.ts";
import type { ExitStatus } from "./transport.ts";

/** One kind of transport; `transports/registry.ts` lists all. */
export interface TransportKind<Options = unknown> {
  /** The key of a spec that selects it. */
  readonly key: string;
  /** Other names of that key. */
  readonly aliases?: readonly string[];
  /** Further keys, which go with it alone. */
  readonly keys?: readonly string[];
  /** Whether the program for the far side crosses a network, and so is worth deflating. */
  readonly isNetworked: boolean;
  /** Takes its place on the machine of another gateway (`via`). Default: itself. */
  readonly viaRelay?: TransportKind<Options>;
  /**
   * Reads the keys of a spec that selects it.
   *
   * @throws {SpecError} for a value that a key cannot have.
   */
  parse(spec: SpecReader): Options;
  /** Returns its keys and their values for `Gateway.spec` and messages, its own key first, no secrets. */
  shown(options: Options): Readonly<Record<string, unknown>>;
  /** Returns whether a server of somebody else starts the process, and decides what it may have. */
  isServed?(options: Options): boolean;
  /** Returns the ids of gateways that have to be up before, and to outlive, one with these options. */
  requires?(options: Options): readonly string[];
  /** Bounds how many gateways start at once. Default: no bound. */
  startLimit?(request: LaunchRequest<Options>): StartLimit;
  /** Finds out what {@linkcode TransportKind.plan} needs to know, and returns it with the options. */
  prepare?(request: LaunchRequest<Options>, context: StartContext): Promise<Options>;
  /**
   * Returns what to start.
   *
   * @param killMark Has to be in the command line of the far process, if there is a
   * {@linkcode TransportKind.runScript} to look for it.
   * @throws {SpecError} if the request asks for what this transport cannot do.
   */
  plan(request: LaunchRequest<Options>, killMark?: string): Plan;
  /** Returns the error for a start that failed; undefined if only the exit status is known. */
  explain(failure: LaunchFailure<Options>): ExecnetError | undefined;
  /** Returns what prints `deno --version` there; used after a failure, to detect a Deno that is too old. */
  versionCommand?(request: LaunchRequest<Options>): ProcessOptions;
  /** Whether what starts the far process ends it, too, when it gets SIGTERM. Default: it may not. */
  endsFarSide?(options: Options): boolean;
  /**
   * Returns what runs a script for `sh` there, instead of a gateway.
   *
   * @param compressed Whether the connection should compress what it carries, if it can.
   */
  runScript?(
    request: LaunchRequest<Options>,
    script: string,
    compressed?: boolean,
  ): ProcessOptions;
}

/** A request, with the transport that is to carry it out. */
export interface Launch<Options = unknown> extends LaunchRequest<Options> {
  readonly kind: TransportKind<Options>;
}

/** What a start can use of its surroundings. */
export interface StartContext {
  /** Where the gateway is started from. */
  readonly machine: Machine;
  /**
   * Returns what starts servers on the machine of another gateway of the group.
   *
   * @throws {SpecError} if the group has no gateway of this id.
   */
  hosting(id: string): Promise<ServerHosting>;
}

/** See {@linkcode TransportKind.startLimit}. */
export interface StartLimit {
  /** Starts with the same key count together. */
  readonly key: string;
  /** How many of them may be under way at once. */
  readonly max: number;
}

/** A start that failed. */
export interface LaunchFailure<Options = unknown> {
  readonly request: LaunchRequest<Options>;
  /** The gateway's id. */
  readonly id: string;
  /** How the process, or the program that reaches it, ended. */
  readonly status: ExitStatus;
  /** The lines that it printed: those in place of a handshake, then those on stderr. */
  readonly seen: readonly string[];
  /** {@linkcode LaunchFailure.seen} for the end of a message; empty if there are none. */
  readonly tail: string;
}

const passing = new WeakSet<LaunchError>();

/** Marks the error of a start that may well succeed when it is tried again. */
export function thatMayPass(error: LaunchError): LaunchError {
  passing.add(error);
  return error;
}

/** Returns whether the error is one of {@linkcode thatMayPass}. */
export function mayPass(error: unknown): boolean {
  return error instanceof LaunchError && passing.has(error);
}

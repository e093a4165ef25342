/**
 * All kinds of transports.
 *
 * @module
 */

import { command, type CommandKeys } from "./command.ts";
import type { TransportKind } from "./kind.ts";
import { popen, type PopenKeys } from "./popen.ts";
import { ssh, type SshKeys } from "./ssh.ts";
import { tcp } from "./tcp.ts";
import type { TcpKeys } from "./tcp/keys.ts";

const kinds: TransportKind[] = [popen, ssh, tcp, command];

/** All kinds, in the order in which messages name them. */
export const KINDS: readonly TransportKind[] = kinds;

/** Adds a kind, for tests: the keys of {@linkcode TransportKeys} are those of this file alone. */
export function addKind(kind: TransportKind): void {
  kinds.push(kind);
}

/** The keys by which a {@linkcode GatewaySpec} says where a gateway is, of all transports. */
export interface TransportKeys extends PopenKeys, SshKeys, TcpKeys, CommandKeys {}

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

/** All kinds, in the order in which messages name them. */
export const KINDS: readonly TransportKind[] = [popen, ssh, tcp, command];

/**
 * The keys of all kinds, as {@linkcode GatewaySpec} has them.
 *
 * @internal
 */
export interface TransportKeys extends PopenKeys, SshKeys, TcpKeys, CommandKeys {}

/**
 * The shell that launch scripts run in.
 *
 * @module
 */

/** The shell. An initiator of local gateways needs permission to run this program alone. */

export const SHELL = "/bin/sh";

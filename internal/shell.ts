/**
 * The shell that launch scripts run in.
 *
 * @module
 */

/** The only program that an initiator of local gateways has to be allowed to run. */
export const SHELL = "/bin/sh";

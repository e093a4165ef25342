/**
 * Relates the hosts of permission lists.
 *
 * @module
 */

import type { Relation } from "./relation.ts";

/**
 * Relates two entries of the form `host` or `host:port`. A host is a name, `*.` and a domain (which
 * includes the domain itself), an IPv4 address or subnet, or an IPv6 address in brackets.
 */
export function hostRelation(entry: string, other: string): Relation {
  if (entry === other) return "equal";
  const [a, b] = [parse(entry), parse(other)];
  if (a === undefined || b === undefined) return "unclear";
  return both(relationOfHosts(a.host, b.host), relationOfPorts(a.port, b.port));
}

interface NamedHost {
  kind: "name" | "domain" | "ipv6";
  text: string;
}

interface Ipv4Range {
  kind: "ipv4";
  first: number;
  last: number;
}

type Host = NamedHost | Ipv4Range;

interface Endpoint {
  host: Host;
  /** Without it, all ports. */
  port?: number;
}

/** Returns `undefined` for other forms, such as `:8080`, `unix:/path` or an address with a zone. */
function parse(entry: string): Endpoint | undefined {
  const parts = /^(\[[\da-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(entry);
  const host = parts?.[1] === undefined ? undefined : parseHost(parts[1].toLowerCase());
  if (host === undefined) return undefined;
  return parts?.[2] === undefined ? { host } : { host, port: Number(parts[2]) };
}

function parseHost(text: string): Host | undefined {
  if (text.startsWith("[")) {
    const address = URL.parse(`http://${text}`)?.hostname;
    // Some versions of Deno treat a mapped address as IPv4, others do not.
    if (address === undefined || address.startsWith("[::ffff:")) return undefined;
    return { kind: "ipv6", text: address };
  }
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (ipv4 !== null) return parseIpv4(ipv4.slice(1, 5), ipv4[5]);
  const name = /^(\*\.)?([\w-]+(?:\.[\w-]+)*)\.?$/.exec(text);
  if (name === null) return undefined;
  return { kind: name[1] === undefined ? "name" : "domain", text: name[2] };
}

function parseIpv4(bytes: readonly string[], bits = "32"): Host | undefined {
  const numbers = bytes.map(Number);
  const valid = [...bytes, bits].every((text) => text === `${Number(text)}`);
  if (!valid || numbers.some((byte) => byte > 255) || Number(bits) > 32) return undefined;
  const address = numbers.reduce((sum, byte) => sum * 256 + byte, 0);
  const size = 2 ** (32 - Number(bits));
  const first = address - address % size;
  return { kind: "ipv4", first, last: first + size - 1 };
}

function relationOfHosts(a: Host, b: Host): Relation {
  if (a.kind === "ipv4" && b.kind === "ipv4") return relationOfRanges(a, b);
  if (a.kind === "ipv4" || b.kind === "ipv4") return "apart";
  if (a.kind === b.kind && a.text === b.text) return "equal";
  if (isInDomain(a, b)) return "within";
  // Deno does not always prefer the narrower of two domains.
  if (isInDomain(b, a)) return b.kind === "domain" ? "unclear" : "around";
  return "apart";
}

function isInDomain(host: NamedHost, domain: NamedHost): boolean {
  return domain.kind === "domain" && host.kind !== "ipv6" &&
    `.${host.text}`.endsWith(`.${domain.text}`);
}

function relationOfRanges(a: Ipv4Range, b: Ipv4Range): Relation {
  if (a.first === b.first && a.last === b.last) return "equal";
  if (b.first <= a.first && a.last <= b.last) return "within";
  if (a.last < b.first || b.last < a.first) return "apart";
  // Deno does not always prefer the narrower of two subnets.

  return b.first === b.last ? "around" : "unclear";
}

function relationOfPorts(a: number | undefined, b: number | undefined): Relation {
  if (a === b) return "equal";
  if (a === undefined) return "around";
  return b === undefined ? "within" : "apart";
}

function both(hosts: Relation, ports: Relation): Relation {
  if (hosts === "apart" || ports === "apart") return "apart";
  if (hosts === ports || ports === "equal") return hosts;
  return hosts === "equal" ? ports : "unclear";
}

/**
 * The hash of a server's certificate, by which both sides bind their proofs to it.
 *
 * @module
 */

import { SpecError } from "../errors.ts";

/**
 * Returns the SHA-256 of the first certificate of a PEM file, in DER: what TLS calls
 * `tls-server-end-point`.
 *
 * @throws {SpecError} if there is no certificate.
 */
export function certificateHash(pem: string): Promise<Uint8Array> {
  const match = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem);
  if (match === null) throw new SpecError("the certificate is not in PEM format");
  const der = Uint8Array.from(atob(match[1].replace(/\s/g, "")), (byte) => byte.charCodeAt(0));
  return crypto.subtle.digest("SHA-256", der).then((hash) => new Uint8Array(hash));
}

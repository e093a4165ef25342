/**
 * A server's certificate, as the client sees it.
 *
 * @module
 */

import { SpecError } from "../errors.ts";

/**
 * SHA-256 of the first certificate of a PEM file, in DER: what TLS calls `tls-server-end-point`.
 *
 * @throws {SpecError} when there is none.
 */
export function certificateHash(pem: string): Promise<Uint8Array> {
  const match = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem);
  if (match === null) throw new SpecError("the certificate is no certificate in PEM");
  const der = Uint8Array.from(atob(match[1].replace(/\s/g, "")), (byte) => byte.charCodeAt(0));
  return crypto.subtle.digest("SHA-256", der).then((hash) => new Uint8Array(hash));
}

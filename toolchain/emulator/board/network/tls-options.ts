/**
 * TLS as the firmware sets it up: certificates and key in DER, a record of the connection in the globals. No peer is
 * verified, as in the firmware. Source: network.c (ssl_newSocketData), Espruino 2v29.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { EspObject, Value } from "../../engine/value.ts";
import { MemoryString } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import type { TlsOptions } from "./carrier.ts";

/** Its own state for each connection lies in a flat string; the size on the chip is an estimate. */
const RECORD_BYTES = 1500;
/** The global that holds those strings. */
const RECORDS = "ssl";
/** mbedTLS: MBEDTLS_ERR_X509_INVALID_FORMAT, MBEDTLS_ERR_PK_KEY_INVALID_FORMAT. */
const BAD_CERTIFICATE = "-0x2180";
const BAD_KEY = "-0x3d00";

export function tlsOptions(machine: Machine, options: EspObject): TlsOptions {
  const { engine } = machine;
  const read = (name: string): Uint8Array | undefined => {
    const given: Value = options.props?.get(name);
    if (given === undefined) return undefined;
    const value = engine.isFunction(given) ? engine.call(given, undefined, []) : given;
    return engine.bytesOf(value) ?? new Uint8Array();
  };
  const check = (name: string, parse: (der: Buffer) => void, problem: string) => {
    const der = read(name);
    if (!der) return undefined;
    try {
      parse(Buffer.from(der));
    } catch {
      throw engine.error("InternalError", `HTTPS init failed! ${problem}`);
    }
    return der;
  };
  const certificate = (der: Buffer) => new X509Certificate(der);
  const parsing = "mbedtls_x509_crt_parse of";
  return {
    ca: check("ca", certificate, `${parsing} 'ca': ${BAD_CERTIFICATE}`),
    cert: check("cert", certificate, `${parsing} 'cert': ${BAD_CERTIFICATE}`),
    key: check("key", parsePrivateKey, `mbedtls_pk_parse_key: ${BAD_KEY}`),
  };
}

/** PKCS#8, PKCS#1 or SEC1, in DER. */
export function parsePrivateKey(der: Buffer): ReturnType<typeof createPrivateKey> {
  let problem: unknown;
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    try {
      return createPrivateKey({ key: der, format: "der", type });
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

export function tlsRecord(machine: Machine, socket: number): void {
  const { engine } = machine;
  const known = engine.global.props?.get(RECORDS);
  const records = known === undefined ? engine.object() : known;
  if (known === undefined) engine.set(engine.global, RECORDS, records);
  engine.reserve(RECORD_BYTES / engine.layout.bytesPerVar);
  engine.set(records, `${socket}`, new MemoryString("\0".repeat(RECORD_BYTES), "flat"));
}

/** The connection is over. */
export function forgetTlsRecord(machine: Machine, socket: number): void {
  const { engine } = machine;
  const records = engine.global.props?.get(RECORDS);
  if (records !== undefined) engine.remove(records, `${socket}`);
}

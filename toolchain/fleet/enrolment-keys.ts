/**
 * The server's half of an enrolment's arithmetic, on node:crypto: whose signature it is, and what both ends derive.
 * Each camera gets a key of the server's of its own; its private half is forgotten when the credential is derived.
 */
import {
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  verify,
} from "node:crypto";
import { type EnrolmentRequest, enrolmentRules } from "../../device/protocol/enrolment.ts";
import { type Order, orderText } from "../../device/protocol/orders.ts";

const CURVE = "prime256v1";
const PUBLIC_BYTES = 65;
const SIGNATURE_BYTES = 64;
const KEY_BYTES = 32;

export interface Derived {
  /** Base64. */
  serverKey: string;
  credential: string;
  orderKey: string;
}

/** Whether the request is signed by the key in it. False also for what is no key of the curve. */
export function isSignedByItsKey(request: EnrolmentRequest): boolean {
  const key = keyObject(Buffer.from(request.publicKey, "base64"));
  const signature = Buffer.from(request.signature, "base64");
  if (!key || signature.length !== SIGNATURE_BYTES) return false;
  const text = Buffer.from(enrolmentRules().signed(request), "utf8");
  return verify("sha256", text, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** A key of the server's for this camera, and what comes of both. @param salt raw text whose SHA-256 is HKDF's salt */
export function deriveFor(publicKey: string, salt: string): Derived {
  const rules = enrolmentRules();
  const camera = Buffer.from(publicKey, "base64");
  const ours = createECDH(CURVE);
  const serverKey = ours.generateKeys();
  const info = Buffer.from(
    rules.info(camera.toString("latin1"), serverKey.toString("latin1")),
    "latin1",
  );
  const secret = ours.computeSecret(camera);
  const hashed = createHash("sha256").update(salt, "utf8").digest();
  const derived = Buffer.from(hkdfSync("sha256", secret, hashed, info, rules.derivedBytes));
  const half = rules.derivedBytes / 2;
  return {
    serverKey: serverKey.toString("base64"),
    credential: rules.credential(derived.subarray(0, half).toString("base64")),
    orderKey: derived.subarray(half).toString("base64"),
  };
}

/** @param orderKey base64; null for a camera without keys */
export function proofOf(
  orderKey: string | null,
  cameraID: string,
  order: Omit<Order, "proof">,
): string {
  if (orderKey === null) return "";
  const key = Buffer.from(orderKey, "base64");
  return createHmac("sha256", key).update(orderText(cameraID, order), "utf8").digest("base64");
}

/** As the camera shows it. */
export function fingerprintOfKey(publicKey: string): string {
  const digest = createHash("sha256").update(Buffer.from(publicKey, "base64")).digest();
  return enrolmentRules().fingerprint(digest.toString("latin1"));
}

function keyObject(publicKey: Buffer): KeyObject | undefined {
  if (publicKey.length !== PUBLIC_BYTES || publicKey[0] !== 4) return undefined;
  const part = (from: number) => publicKey.subarray(from, from + KEY_BYTES).toString("base64url");
  try {
    const key = { kty: "EC", crv: "P-256", x: part(1), y: part(1 + KEY_BYTES) };
    return createPublicKey({ key, format: "jwk" });
  } catch {
    return undefined;
  }
}

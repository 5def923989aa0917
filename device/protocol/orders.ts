/**
 * What a server may order a camera to do with itself, in the answer to a check-in. Numbered: one that the camera has
 * carried out is said in `orderDone` of its check-ins and never done twice. Proved with a key that both ends derived at
 * the enrolment and that never travels, so that who only listens to the line can order nothing.
 */

export type OrderKind =
  /** Forget keys, records and configuration, say so once more, then forget the credential, too. `text` is "". */
  | "wipe"
  /** Derive a new credential with this key of the server. `text` is the key, base64. */
  | "rotate"
  /** Stand under another name or at another site. `text` is JSON of OrderedPlace. */
  | "place";

export interface OrderedPlace {
  name: string;
  site: string;
}

export interface Order {
  number: number;
  kind: OrderKind;
  text: string;
  /** HMAC-SHA-256 of orderText(), base64; "" for a camera without keys of its own. */
  proof: string;
}

/** What the proof covers. Texts are UTF-8 bytes. */
export function orderText(cameraID: string, order: Omit<Order, "proof">): string {
  return ["thicket order v1", cameraID, order.number, order.kind, order.text].join("\n");
}

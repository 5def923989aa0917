/** Why a camera refuses a list of keys, a freshness note or a manifest: the names on the wire, in logs and on the server. */

/** Why something was refused. */
export type Refusal =
  /** Not of this format. */
  | "TRUST_FORMAT"
  /** Not the next version of the list in force. */
  | "TRUST_VERSION"
  /** Too few root keys of the list in force signed it. */
  | "TRUST_OLD_ROOTS"
  /** Too few of its own root keys signed it. */
  | "TRUST_NEW_ROOTS"
  | "NOTE_FORMAT"
  /** For another board. */
  | "NOTE_HARDWARE"
  /** Issued before the newest note seen, or takes a release back. */
  | "NOTE_OLD"
  | "NOTE_EXPIRED"
  /** Not signed by a trusted key of its role. */
  | "NOTE_KEY"
  | "NOTE_SIGNATURE"
  | "MANIFEST_FORMAT"
  | "MANIFEST_HARDWARE"
  /** Older than what is installed. */
  | "MANIFEST_OLD"
  | "MANIFEST_INSTALLED"
  /** Not the release that the note calls the newest. */
  | "MANIFEST_NOT_NEWEST"
  | "MANIFEST_EXPIRED"
  /** Empty, or larger than the slot. */
  | "MANIFEST_SIZE"
  /** A delta for another image than the one that runs. */
  | "MANIFEST_BASE"
  | "MANIFEST_KEY"
  | "MANIFEST_SIGNATURE"
  /** Of another release than the offer says. */
  | "MANIFEST_OFFER";

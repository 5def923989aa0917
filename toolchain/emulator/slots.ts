/** What a workshop does to the flash of a camera with a vault: program and model into their slots, confirmed. */
import { createHash } from "node:crypto";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { type Board, vaultOf } from "./board/boards.ts";
import type { Flash } from "./board/flash.ts";
import { NativeVault } from "./native/native-vault.ts";

export interface SlotImages {
  app?: Uint8Array | undefined;
  model?: Uint8Array | undefined;
  /** The model's name, then its labels, a line each. */
  about?: string;
}

const KINDS = ["app", "model"] as const;
type Kind = (typeof KINDS)[number];

/** Release that a camera leaves the workshop with. */
const FIRST_RELEASE = 1;
const PIECE_BYTES = 4096;

/**
 * Slots that hold something are left as they are: the flash has a life of its own by then.
 * @returns which images found no room in their slot: the default model on a board with 4 MB
 */
export function fillSlots(flash: Flash, board: Board, images: SlotImages): Kind[] {
  const partition = vaultOf(board);
  if (!partition) return [];
  const vault = new NativeVault(loadThicket(), {
    bytes: partition.bytes,
    read: (address, length) => flash.read(partition.address + address, length),
    program: (address, data) => flash.program(partition.address + address, data),
    erasePage: (address) => flash.erasePage(partition.address + address),
  });
  vault.open();
  const homeless: Kind[] = [];
  for (const kind of KINDS) {
    const image = images[kind];
    const isEmpty = [0, 1].every((index) => vault.slot(kind, index).state === "empty");
    if (!image || !isEmpty) continue;
    if (image.length > vault.slot(kind, 0).bytesMax) {
      homeless.push(kind);
      continue;
    }
    install(vault, kind, image);
    if (kind === "model") vault.write(Buffer.from("model-0"), Buffer.from(images.about ?? ""));
  }
  vault.end();
  return homeless;
}

function install(vault: NativeVault, kind: Kind, image: Uint8Array): void {
  vault.begin(kind, 0);
  for (let at = 0; at < image.length; at += PIECE_BYTES)
    vault.writeSlot(kind, 0, at, image.subarray(at, at + PIECE_BYTES));
  const digest = createHash("sha256").update(image).digest();
  vault.stage(kind, 0, image.length, FIRST_RELEASE, digest);
  vault.switchTo(kind, 0);
  vault.confirm(kind, 0);
}

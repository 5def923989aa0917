/**
 * ESP-IDF's otadata: two pages, each with one entry of sequence number, state and checksum; the valid entry with the
 * highest number names the partition that boots. An entry is changed by erasing and writing its page: after a power cut
 * the other one is still there. Source: ESP-IDF 4.4.7, esp_flash_partitions.h, bootloader_common_loader.c, esp_ota_ops.c.
 */
import { crc32 } from "node:zlib";
import { ERASE_PAGE_BYTES, type Flash } from "../board/flash.ts";

export type OtaState = "new" | "pending-verify" | "valid" | "invalid" | "aborted" | "undefined";

/** esp_ota_img_states_t, by value. */
const STATES: OtaState[] = ["new", "pending-verify", "valid", "invalid", "aborted"];
const UNSET = 0xffffffff;
/** esp_ota_select_entry_t: ota_seq, 20 bytes of label, ota_state, crc. */
const ENTRY_BYTES = 32;
const STATE_AT = 24;
const CRC_AT = 28;

interface Entry {
  sequence: number;
  state: OtaState;
  isIntact: boolean;
}

export class OtaData {
  private readonly flash: Flash;
  private readonly slots: number;

  constructor(flash: Flash, slots: number) {
    this.flash = flash;
    this.slots = slots;
  }

  /** Address after the two pages. */
  get end(): number {
    return this.flash.base + 2 * ERASE_PAGE_BYTES;
  }

  /** The bootloader's choice: what was on trial has failed, what is new goes on trial. Returns the slot. */
  select(): number {
    for (const index of [0, 1]) {
      const entry = this.read(index);
      if (entry.state === "pending-verify") this.write(index, entry.sequence, "aborted");
    }
    const active = this.activeEntry();
    if (active !== undefined) {
      const { sequence, state } = this.read(active);
      if (state === "new") this.write(active, sequence, "pending-verify");
      return this.slotOf(sequence);
    }
    // Blank from the factory: the first slot, which is noted. Otherwise both have failed: the first slot, unnoted.
    const isBlank = [0, 1].every((index) => !this.read(index).isIntact);
    if (isBlank) this.write(0, 1, "valid");
    return 0;
  }

  /** Slot that boots next, if nothing else happens. */
  get active(): number {
    const index = this.activeEntry();
    return index === undefined ? 0 : this.slotOf(this.read(index).sequence);
  }

  state(slot: number): OtaState {
    const entry = [this.read(0), this.read(1)].find(
      ({ isIntact, sequence }) => isIntact && this.slotOf(sequence) === slot,
    );
    return entry?.state ?? "undefined";
  }

  /**
   * Boot a slot from now on: a sequence number that names it and is not below the active one, in the page that is not
   * the active one. As ESP-IDF does it: activating twice without a restart between takes the other slot's entry away.
   */
  activate(slot: number): void {
    const index = this.activeEntry();
    const last = index === undefined ? 0 : this.read(index).sequence;
    let sequence = slot + 1;
    while (sequence < last) sequence += this.slots;
    this.write(index === undefined ? 0 : 1 - index, sequence, "new");
  }

  /** Another state for the active entry; writing the same one again is left out. */
  mark(state: OtaState): void {
    const index = this.activeEntry();
    if (index === undefined) return;
    const entry = this.read(index);
    if (entry.state !== state) this.write(index, entry.sequence, state);
  }

  /** Does the entry that is not the active one name an image that may start? */
  get canRollBack(): boolean {
    const index = this.activeEntry();
    return index !== undefined && isValid(this.read(1 - index));
  }

  private activeEntry(): number | undefined {
    const valid = [0, 1].filter((index) => isValid(this.read(index)));
    return valid.sort((a, b) => this.read(b).sequence - this.read(a).sequence)[0];
  }

  private slotOf(sequence: number): number {
    return (sequence - 1) % this.slots;
  }

  private read(index: number): Entry {
    const bytes = this.flash.read(this.flash.base + index * ERASE_PAGE_BYTES, ENTRY_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const sequence = view.getUint32(0, true);
    return {
      sequence,
      state: STATES[view.getUint32(STATE_AT, true)] ?? "undefined",
      isIntact: sequence !== UNSET && view.getUint32(CRC_AT, true) === checksum(sequence),
    };
  }

  private write(index: number, sequence: number, state: OtaState): void {
    const entry = new Uint8Array(ENTRY_BYTES).fill(0xff);
    const view = new DataView(entry.buffer);
    const code = STATES.indexOf(state);
    view.setUint32(0, sequence, true);
    view.setUint32(STATE_AT, code < 0 ? UNSET : code, true);
    view.setUint32(CRC_AT, checksum(sequence), true);
    const address = this.flash.base + index * ERASE_PAGE_BYTES;
    this.flash.erasePage(address);
    this.flash.program(address, entry);
  }
}

/** esp_rom_crc32_le(UINT32_MAX, number, 4). */
function checksum(sequence: number): number {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, sequence, true);
  return crc32(Buffer.from(bytes), 0xffffffff);
}

const isValid = ({ isIntact, state }: Entry) =>
  isIntact && state !== "invalid" && state !== "aborted";

/**
 * The erase guard: what a camera keeps (its identity, its settings, pictures not yet sent) lies in the partition "vault",
 * and no firmware may touch it unless the user typed --erase-vault. The chip's own partition table decides as much as the new one.
 */
import { inputError } from "../../errors.ts";
import { erasedBytes, type FirmwareSet, type Image } from "./firmware-set.ts";
import type { Partition } from "./partition-table.ts";

const VAULT = "vault";
const WAY_OUT =
  "collect the camera's pictures first, then --erase-vault: what the vault holds is lost";

const vaultOf = (partitions: Partition[] | undefined): Partition | undefined =>
  partitions?.find((part) => part.name === VAULT);

const span = (part: { address: number; bytes: number }): string =>
  `0x${part.address.toString(16)} to 0x${(part.address + part.bytes).toString(16)}`;

/**
 * Refuse a set that would damage the vault.
 * @param onChip the table read from the chip, undefined when it has none
 * @param mayErase the user typed --erase-vault
 * @returns the new vault when it is to be erased
 *
 * **Errors:** FIRMWARE_MANIFEST, VAULT_IN_THE_WAY, VAULT_MOVES
 */
export function guardVault(
  set: FirmwareSet,
  onChip: Partition[] | undefined,
  mayErase: boolean,
): Partition | undefined {
  const wanted = vaultOf(set.partitions);
  const present = vaultOf(onChip);
  const misplaced = wanted && imageIn(set, wanted);
  if (misplaced) {
    throw inputError(
      "FIRMWARE_MANIFEST",
      `${misplaced.file} lies in the vault (${span(wanted)}) of the set's own partition table`,
    );
  }
  if (mayErase) return wanted;
  const intruder = present && imageIn(set, present);
  if (intruder) {
    throw inputError(
      "VAULT_IN_THE_WAY",
      `${intruder.file} would overwrite the camera's vault (${span(present)}), where it keeps its identity and pictures`,
      WAY_OUT,
    );
  }
  if (present && (present.address !== wanted?.address || present.bytes !== wanted.bytes)) {
    throw inputError(
      "VAULT_MOVES",
      `this firmware has ${wanted ? `its vault at ${span(wanted)}` : "no vault"}; the camera's is at ${span(present)}`,
      WAY_OUT,
    );
  }
  return undefined;
}

const imageIn = (set: FirmwareSet, part: Partition): Image | undefined =>
  set.images.find((image) => overlaps(part, image.address, erasedBytes(image)));

const overlaps = (part: Partition, address: number, bytes: number): boolean =>
  address < part.address + part.bytes && part.address < address + bytes;

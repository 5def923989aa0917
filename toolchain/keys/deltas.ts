/**
 * Signed deltas of a release: the images of the last few releases in the folder, and the manifests and files of what is sent
 * to cameras that run one of them. Pure, as repository.ts; how a delta is made is not its business.
 */
import type { TargetKind } from "../../device/protocol/release.ts";
import { parseMetadata } from "./metadata.ts";
import { signManifest } from "./release-documents.ts";
import type { NewFiles, ReadFile } from "./repository.ts";
import type { SigningKey } from "./signing.ts";
import { targetPath } from "./updater.ts";

export interface EarlierImage {
  counter: number;
  image: Uint8Array;
}

export interface SignedDelta {
  baseCounter: number;
  payload: Uint8Array;
  manifest: Uint8Array;
}

/** Images of a board's releases before, the newest first, each counter once. */
export function earlierImages(
  read: ReadFile,
  board: string,
  kind: TargetKind,
  most: number,
): EarlierImage[] {
  const name = `${board}/${kind}`;
  const found = new Map<number, EarlierImage>();
  let version = 0;
  while (read(`metadata/${version + 1}.targets.json`)) version++;
  for (; version > 0 && found.size < most; version--) {
    const data = read(`metadata/${version}.targets.json`);
    const file = data && parseMetadata("targets", data).signed.targets[name];
    const counter = file?.custom?.counter;
    const image = file && read(targetPath(name, file));
    if (counter !== undefined && image) found.set(counter, { counter, image });
  }
  return [...found.values()];
}

export interface DeltaTarget {
  board: string;
  kind: TargetKind;
  counter: number;
  expiryS: number;
  image: Uint8Array;
}

/** The deltas that are smaller than the image, signed, and the files they are kept in. */
export function signDeltas(
  { board, ...target }: DeltaTarget,
  made: { base: EarlierImage; payload: Uint8Array }[],
  key: SigningKey,
): { deltas: SignedDelta[]; files: NewFiles } {
  const smaller = made.filter(({ payload }) => payload.length < target.image.length);
  const deltas = smaller.map(({ base, payload }) => ({
    baseCounter: base.counter,
    payload,
    manifest: signManifest(
      { hardware: board, ...target, delta: { payload, base: base.image } },
      key,
    ),
  }));
  const files = deltas.flatMap(({ baseCounter, payload, manifest }): NewFiles => {
    const path = `cameras/${board}/${target.kind}.${target.counter}.${baseCounter}`;
    return [
      [`${path}.delta`, payload],
      [`${path}.manifest`, manifest],
    ];
  });
  return { deltas, files };
}

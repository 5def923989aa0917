/** Brings what lies in the release folder to a fleet server: images with their manifests, notes, lists of keys. */
import type { TargetKind } from "../../../device/protocol/release.ts";
import { type CommandInput, textOption } from "../../command-line.ts";
import type { FleetClient } from "../../fleet/client.ts";
import type { SignedDelta } from "../../keys/deltas.ts";
import { manifestPath, notePath, type ReadFile, trustPath } from "../../keys/repository.ts";
import { fleetOf } from "../fleet-of.ts";

export interface Published {
  kind: TargetKind;
  image: Uint8Array;
  deltas: SignedDelta[];
}

/** The server that --server names; undefined without it. **Errors:** MISSING_OPTION without a token. */
export function serverOf(input: CommandInput): FleetClient | undefined {
  return textOption(input, "server") === undefined
    ? undefined
    : fleetOf(input, "--server needs --token");
}

const base64 = (data: Uint8Array | undefined): string => Buffer.from(data ?? []).toString("base64");

/** Sent again, it changes nothing. @returns the names under which roll-outs know the releases */
export async function sendReleases(
  fleet: FleetClient,
  read: ReadFile,
  release: { board: string; counter: number; version: string; images: Published[] },
): Promise<string[]> {
  const { board, counter, version, images } = release;
  const names: string[] = [];
  for (const { kind, image, deltas } of images) {
    const query = new URLSearchParams({
      ...{ kind, counter: String(counter), version, hardware: board },
      manifest: base64(read(manifestPath(board, kind))),
    });
    const { releaseID } = await fleet.upload<{ releaseID: string }>(
      `/api/v1/releases?${query}`,
      image,
    );
    for (const { baseCounter, payload, manifest } of deltas) {
      const from = new URLSearchParams({ base: String(baseCounter), manifest: base64(manifest) });
      await fleet.upload(`/api/v1/releases/${releaseID}/deltas?${from}`, payload);
    }
    names.push(releaseID);
  }
  return names;
}

/** All lists of keys, for cameras at any of them, and the notes of these boards. */
export async function sendFreshness(
  fleet: FleetClient,
  read: ReadFile,
  boards: string[],
): Promise<void> {
  for (let version = 1; read(trustPath(version)); version++)
    await fleet.send("PUT", `/api/v1/trust-lists/${version}`, {
      list: base64(read(trustPath(version))),
    });
  for (const board of boards)
    await fleet.send("PUT", `/api/v1/release-notes/${board}`, {
      note: base64(read(notePath(board))),
    });
}

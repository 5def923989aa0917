/** A claim as a command uses it: made for one camera, taken back when the camera did not use it. */
import type { FleetClient } from "./client.ts";
import type { ClaimWish } from "./store/claims.ts";

export interface MadeClaim {
  claimID: string;
  claim: string;
  expires: string;
}

/** **Errors:** those of the client */
export async function makeClaim(
  fleet: FleetClient,
  wish: ClaimWish & { expiresS?: number },
): Promise<MadeClaim> {
  const { claims } = await fleet.send<{ claims: MadeClaim[] }>("POST", "/api/v1/claims", wish);
  return claims[0] as MadeClaim;
}

/** Run what uses the claim; when that fails, nobody else may. */
export async function withClaim<T>(
  fleet: FleetClient,
  wish: ClaimWish,
  use: (claim: string) => Promise<T>,
): Promise<T> {
  const { claim, claimID } = await makeClaim(fleet, { ...wish, expiresS: 3600 });
  try {
    return await use(claim);
  } catch (error) {
    // A used one cannot be revoked and need not be.
    await fleet.send("DELETE", `/api/v1/claims/${claimID}`).catch(() => {});
    throw error;
  }
}

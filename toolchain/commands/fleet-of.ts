/** The fleet server that a command is to work on, and who asks: --server, and --token or THICKET_TOKEN (options.ts). */
import { type CommandInput, textOption } from "../command-line.ts";
import { type AppError, usageError } from "../errors.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";

export const DEFAULT_SERVER = "http://127.0.0.1:8700";

/** "" where nobody has said one. */
export const tokenOf = (input: CommandInput): string =>
  textOption(input, "token") ?? process.env.THICKET_TOKEN ?? "";

/** @param needs what is needed, as "config needs --token" */
export const tokenMissing = (needs: string): AppError =>
  usageError(
    "MISSING_OPTION",
    needs,
    "the token is what `toolchain serve` printed on its first start; THICKET_TOKEN works too",
  );

/** @param needs what the line says without a token. **Errors:** MISSING_OPTION, BAD_SERVER */
export function fleetOf(input: CommandInput, needs: string): FleetClient {
  const token = tokenOf(input);
  if (!token) throw tokenMissing(needs);
  return fleetClient(textOption(input, "server") ?? DEFAULT_SERVER, token);
}

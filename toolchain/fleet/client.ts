/**
 * The operator API as commands use it: one function per request, every failure one clear line.
 */
import { networkError } from "../errors.ts";

const LIMIT_MS = 10_000;

export interface FleetClient {
  readonly server: string;
  get<T>(path: string): Promise<T>;
  /** Every row of a list that comes by pages. @param path with its filters @param name of the list in the answer */
  list<T>(path: string, name: string): Promise<T[]>;
  send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T>;
  /** POST bytes as they are. */
  upload<T>(path: string, file: Uint8Array): Promise<T>;
  /** What is no JSON: an answer that takes its time, or a file as the body. @param signal ends it */
  request(method: string, path: string, file?: RequestFile): Promise<Response>;
}

export interface RequestFile {
  body?: Uint8Array;
  type?: string;
  signal?: AbortSignal;
}

/**
 * @param server origin, for example http://127.0.0.1:8700
 * @param token operator token, printed by `toolchain serve` on its first start
 * **Errors:** BAD_SERVER, SERVER_UNREACHABLE, TOKEN_REFUSED, SERVER_REFUSED (exit 8)
 */
export function fleetClient(server: string, token: string): FleetClient {
  const origin = parseOrigin(server);
  async function request(
    method: string,
    path: string,
    { body, type, signal }: RequestFile = {},
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(origin + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          // A kept connection may have been closed by the server while this program was busy, and is used all the same.
          connection: "close",
          ...(type === undefined ? {} : { "content-type": type }),
        },
        body,
        signal,
      });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      throw networkError(
        "SERVER_UNREACHABLE",
        `no fleet server answers at ${origin} (${cause?.code ?? message})`,
        "start one with: npx toolchain serve",
      );
    }
    if (response.ok) return response;
    const answer = (await response.json().catch(() => ({}))) as {
      error?: { code: string; message: string };
    };
    if (response.status === 401) {
      throw networkError(
        "TOKEN_REFUSED",
        `the server at ${origin} refuses this operator token`,
        "it was printed once when the server first started; pass it with --token or THICKET_TOKEN",
      );
    }
    throw networkError(
      answer.error?.code ?? "SERVER_REFUSED",
      `${method} ${path}: ${answer.error?.message ?? `status ${response.status}`}`,
    );
  }
  async function read<T>(method: string, path: string, file: RequestFile): Promise<T> {
    const signal = AbortSignal.timeout(LIMIT_MS);
    const response = await request(method, path, { ...file, signal });
    return (await response.json().catch(() => ({}))) as T;
  }

  function send<T>(method: string, path: string, body?: unknown): Promise<T> {
    if (body === undefined) return read(method, path, {});
    return read(method, path, {
      body: Buffer.from(JSON.stringify(body)),
      type: "application/json",
    });
  }

  async function list<T>(path: string, name: string): Promise<T[]> {
    const rows: T[] = [];
    for (let next: unknown = ""; next !== null; ) {
      const more = next ? `${path.includes("?") ? "&" : "?"}cursor=${next}` : "";
      const page = await send<Record<string, unknown>>("GET", path + more);
      rows.push(...(page[name] as T[]));
      next = page.next ?? null;
    }
    return rows;
  }

  return {
    server: origin,
    list,
    get: (path) => send("GET", path),
    send,
    upload: (path, body) => read("POST", path, { body, type: "application/octet-stream" }),
    request,
  };
}

function parseOrigin(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search || url.hash) {
    throw networkError(
      "BAD_SERVER",
      `"${server}" is not the address of a server`,
      "example: http://192.168.1.5:8700",
    );
  }
  return url.origin;
}

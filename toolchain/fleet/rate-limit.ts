/**
 * Counts wrong tokens per address, and requests per token, in memory. Sessions are refused outright beyond the limit; a bearer token that is
 * right is always let through, so that nobody can lock a fleet out by guessing from the same network.
 */
export interface FailureLimit {
  /** Seconds to wait, or 0. */
  waitS(address: string): number;
  /** Note a wrong token. @returns seconds to wait from now on, or 0 */
  failed(address: string): number;
}

export interface RequestLimit {
  /** Count one request. @returns seconds to wait, or 0 when it may go on */
  taken(token: string): number;
}

/** Of each token, so many requests in any minute that begins with the first of them. */
export function createRequestLimit(perMinute: number): RequestLimit {
  const limit = createFailureLimit({ failuresMax: perMinute + 1 });
  return { taken: (token) => limit.failed(token) };
}

const ADDRESSES_MAX = 10_000;

/** @param nowMs the machine's clock, UTC milliseconds */
export function createFailureLimit({
  failuresMax = 10,
  windowMs = 60_000,
  nowMs = () => Date.now(),
} = {}): FailureLimit {
  const windows = new Map<string, { endMs: number; failures: number }>();

  function current(address: string): { endMs: number; failures: number } | undefined {
    const window = windows.get(address);
    if (window && window.endMs > nowMs()) return window;
    windows.delete(address);
    return undefined;
  }

  function waitS(address: string): number {
    const window = current(address);
    if (!window || window.failures < failuresMax) return 0;
    return Math.max(1, Math.ceil((window.endMs - nowMs()) / 1000));
  }

  return {
    waitS,
    failed(address) {
      const window = current(address) ?? { endMs: nowMs() + windowMs, failures: 0 };
      window.failures++;
      windows.set(address, window);
      const [oldest] = windows.size > ADDRESSES_MAX ? windows.keys() : [];
      if (oldest !== undefined) windows.delete(oldest);
      return waitS(address);
    },
  };
}

/**
 * One byte pipe to a camera's console, whatever carries it. Text is a byte string: char codes 0..255.
 */
export interface Transport {
  /** For messages: "/dev/ttyACM0", "tcp://127.0.0.1:2323", "emulated camera". */
  readonly name: string;
  /** Queue bytes; resolves when the carrier took them. */
  write(bytes: string): Promise<void>;
  /** Hear every byte the camera sends; returns the function that stops listening. */
  onData(listener: (bytes: string) => void): () => void;
  /** Hear, once, that the carrier went away on its own. */
  onClose(listener: (reason: string) => void): () => void;
  close(): Promise<void>;
}

/** The two lists every transport keeps. */
export function listeners() {
  const data = new Set<(bytes: string) => void>();
  const closed = new Set<(reason: string) => void>();
  const subscribe =
    <T>(set: Set<T>) =>
    (listener: T) => {
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    };
  return {
    onData: subscribe(data),
    onClose: subscribe(closed),
    data(bytes: string) {
      for (const listener of [...data]) listener(bytes);
    },
    closed(reason: string) {
      for (const listener of [...closed]) listener(reason);
      closed.clear();
    },
  };
}

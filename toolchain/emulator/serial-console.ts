/** The serial port of an emulated board as the host sees it: `emulator.console`. */
import type { Machine } from "./board/machine.ts";
import type { Supply } from "./board/supply.ts";

export interface EmulatorConsole {
  /** Bytes typed or sent to the board, as a byte string. */
  write(bytes: string): void;
  /** Calls the listener with what the board sends; returns how to stop that. */
  onData(listener: (bytes: string) => void): () => void;
}

/** `onWrite` is called after each write. Without power nothing is heard or said. */
export function createConsole(
  machine: Machine,
  supply: Supply,
  onWrite: () => void,
): EmulatorConsole {
  const listeners = new Set<(bytes: string) => void>();
  machine.onOutput = (bytes) => {
    if (supply.isOn) for (const listener of listeners) listener(bytes);
  };
  return {
    write: (bytes) => {
      if (supply.isOn) machine.receive(bytes);
      onWrite();
    },
    onData: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

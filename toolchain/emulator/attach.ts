/** Devices that a test connects to the emulated board. */
import type { Board } from "./board/boards.ts";
import type { Attachments, I2cDevice, SerialDevice, SpiDevice } from "./board/bus/attachments.ts";

export type { I2cDevice, SerialDevice, SpiDevice };

export interface Attach {
  /** A device at a 7-bit address of "I2C1" or "I2C2". */
  i2c(bus: string, address: number, device: I2cDevice): () => void;
  /** A device on "SPI1" or "SPI2", active while the pin named `select` is low, or always. */
  spi(bus: string, device: SpiDevice, select?: string): () => void;
  /** The other end of a serial port that is not the console's; `send` gives bytes to the board. */
  serial(port: string, device: SerialDevice): { send(bytes: string): void; detach(): void };
}

export function createAttach(
  board: Board,
  attached: Attachments,
  pin: (name: string) => number,
): Attach {
  const check = (name: string, known: object): void => {
    if (!(name in known)) throw new Error(`no ${name} on the ${board.name}`);
  };
  return {
    i2c(bus, address, device) {
      check(bus, board.i2c);
      return attached.addI2c(bus, address, device);
    },
    spi(bus, device, select) {
      check(bus, board.spi);
      return attached.addSpi(bus, device, select === undefined ? undefined : pin(select));
    },
    serial(port, device) {
      check(port, board.serial);
      if (port === board.console) throw new Error(`${port} is the console of the ${board.name}`);
      const detach = attached.addSerial(port, device);
      return { send: (bytes) => attached.send(port, bytes), detach };
    },
  };
}

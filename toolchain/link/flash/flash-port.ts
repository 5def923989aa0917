/**
 * The pipe to a chip's bootloader: bytes, and for a serial port the two control lines that restart the chip into it.
 * Over TCP (a serial server, a simulated chip) there are no lines: the chip must be in its bootloader already.
 */
import { connect } from "node:net";
import { noDeviceError } from "../../errors.ts";
import { explainOpenFailure } from "../serial.ts";

export interface FlashPort {
  readonly name: string;
  /** Whether `signals` reaches the chip. */
  readonly hasSignals: boolean;
  /** USB ids where the operating system tells them: the chip's own USB port is restarted differently. */
  readonly usb: { vendorId: number; productId: number } | undefined;
  open(baudRate: number): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once when the port went away on its own. */
  onLost(listener: () => void): void;
  signals(lines: { dtr?: boolean; rts?: boolean }): Promise<void>;
  setBaudRate(baudRate: number): Promise<void>;
  close(): Promise<void>;
}

export async function serialFlashPort(path: string): Promise<FlashPort> {
  const { SerialPort } = await import("serialport");
  const ports = await SerialPort.list().catch(() => []);
  const info = ports.find((one) => one.path === path);
  const port = new SerialPort({ path, baudRate: 115200, autoOpen: false });
  const promised = (run: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));
  port.on("error", () => {});
  return {
    name: path,
    hasSignals: true,
    usb: info?.vendorId
      ? {
          vendorId: Number.parseInt(info.vendorId, 16),
          productId: Number.parseInt(info.productId ?? "", 16),
        }
      : undefined,
    async open(baudRate) {
      await promised((done) => port.open(done)).catch((error: Error) => {
        throw explainOpenFailure(path, error, ports);
      });
      if (baudRate !== port.baudRate) await promised((done) => port.update({ baudRate }, done));
    },
    write: (bytes) => promised((done) => port.write(Buffer.from(bytes), () => port.drain(done))),
    onData: (listener) => void port.on("data", (bytes: Buffer) => listener(bytes)),
    onLost: (listener) => void port.on("close", (why: Error | null) => why && listener()),
    signals: (lines) => promised((done) => port.set(lines, done)),
    setBaudRate: (baudRate) => promised((done) => port.update({ baudRate }, done)),
    close: () => promised((done) => (port.isOpen ? port.close(() => done()) : done())),
  };
}

export function tcpFlashPort(host: string, port: number): FlashPort {
  const name = `tcp://${host}:${port}`;
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: true });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        noDeviceError(
          "PORT_UNREACHABLE",
          `nothing answers at ${name} (${error.code ?? error.message})`,
        ),
      ),
    );
  });
  connected.catch(() => {});
  socket.on("error", () => {});
  let isClosing = false;
  return {
    name,
    hasSignals: false,
    usb: undefined,
    open: () => connected,
    write: (bytes) => new Promise((done) => void socket.write(bytes, () => done())),
    onData: (listener) => void socket.on("data", listener),
    onLost: (listener) => void socket.on("close", () => isClosing || listener()),
    signals: async () => {},
    setBaudRate: async () => {},
    close: async () => {
      isClosing = true;
      socket.destroy();
    },
  };
}

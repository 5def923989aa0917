/**
 * Console over a serial port (USB), through the `serialport` package, loaded only when a real port is asked for.
 */
import { noDeviceError } from "../errors.ts";
import { listeners, type Transport } from "./transport.ts";

const BAUD_RATE = 115200;

export async function openSerial(path: string): Promise<Transport> {
  const { SerialPort } = await import("serialport").catch((error: Error) => {
    throw noDeviceError(
      "SERIAL_UNAVAILABLE",
      `serial ports do not work on this machine: ${error.message.split("\n")[0]}`,
      "use a network console with --port tcp://host:port",
    );
  });
  const heard = listeners();
  const port = new SerialPort({ path, baudRate: BAUD_RATE, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (!error) return resolve();
      SerialPort.list().then(
        (ports) => reject(explainOpenFailure(path, error, ports)),
        () => reject(explainOpenFailure(path, error, [])),
      );
    });
  });
  port.on("data", (bytes: Buffer) => heard.data(bytes.toString("latin1")));
  port.on("close", () => heard.closed(`${path} was unplugged`));
  port.on("error", () => {});
  return {
    name: path,
    onData: heard.onData,
    onClose: heard.onClose,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        port.write(bytes, "latin1");
        port.drain((error) =>
          error
            ? reject(
                noDeviceError("PORT_LOST", `${path}: ${error.message}`, "plug the camera in again"),
              )
            : resolve(),
        );
      }),
    close: () => new Promise((resolve) => port.close(() => resolve())),
  };
}

export interface FoundPort {
  path: string;
  /** Who made what is plugged in there, "" when the system does not say. */
  words: string;
}

/** Ports with something plugged in; [] where serial ports do not work. */
export async function serialPorts(): Promise<FoundPort[]> {
  const ports = await import("serialport")
    .then(({ SerialPort }) => SerialPort.list())
    .catch(() => []);
  // A PC's own ports have no maker.
  return ports
    .filter(({ vendorId, path }) => vendorId !== undefined || !/ttyS\d+$/.test(path))
    .map(({ path, manufacturer, serialNumber }) => ({
      path,
      words: [manufacturer, serialNumber].filter(Boolean).join(" "),
    }));
}

/** The words of the operating system, turned into what a person can do. */
export function explainOpenFailure(path: string, error: Error, ports: { path: string }[]): Error {
  const text = error.message;
  if (/lock|busy|EBUSY|Access denied/i.test(text)) {
    return noDeviceError(
      "PORT_BUSY",
      `${path} is in use by another program`,
      "close the other program (a serial monitor?) and try again",
    );
  }
  if (/permission|EACCES|EPERM/i.test(text)) {
    return noDeviceError(
      "PORT_FORBIDDEN",
      `no permission to open ${path}`,
      "on Linux: sudo usermod -aG dialout $USER, then log in again",
    );
  }
  const found = ports.map((port) => port.path).join(", ");
  return noDeviceError(
    "PORT_MISSING",
    `no serial port ${path}`,
    found ? `ports found: ${found}` : "no serial port was found: is the camera plugged in?",
  );
}

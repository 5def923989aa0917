/** A FlashPort with the face that esptool-js expects: the browser's SerialPort (Web Serial API). */
import type { FlashPort } from "./flash-port.ts";

interface OutputSignals {
  dataTerminalReady?: boolean;
  requestToSend?: boolean;
}

export function webSerial(port: FlashPort) {
  let readable: ReadableStream<Uint8Array> | null = null;
  let writable: WritableStream<Uint8Array> | null = null;
  let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
  port.onData((bytes) => feed?.enqueue(new Uint8Array(bytes)));
  return {
    get readable() {
      return readable;
    },
    get writable() {
      return writable;
    },
    getInfo: () =>
      port.usb ? { usbVendorId: port.usb.vendorId, usbProductId: port.usb.productId } : {},
    async open({ baudRate }: { baudRate: number }) {
      await port.open(baudRate);
      readable = new ReadableStream<Uint8Array>({
        start: (controller) => {
          feed = controller;
        },
        cancel: () => {
          feed = undefined;
        },
      });
      writable = new WritableStream<Uint8Array>({ write: (bytes) => port.write(bytes) });
    },
    setSignals: ({ dataTerminalReady: dtr, requestToSend: rts }: OutputSignals) =>
      port.signals({
        ...(dtr === undefined ? {} : { dtr }),
        ...(rts === undefined ? {} : { rts }),
      }),
    /** Of esptool-js: changes the speed without closing the port, which would restart some boards. */
    setBaudRate: (baudRate: number) => port.setBaudRate(baudRate),
    async close() {
      readable = null;
      writable = null;
      await port.close();
    },
  };
}

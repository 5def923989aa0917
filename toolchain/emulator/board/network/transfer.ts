/**
 * One socket's part of a pass: receive at most one piece, send at most one piece or one datagram, report an error.
 * Source: socketserver.c, Espruino 2v29.
 */
import type { EspObject, Value } from "../../engine/value.ts";
import { queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { unpackDatagram } from "./datagram.ts";
import { Receiving } from "./received.ts";
import { KEY, type SocketVars, TYPE } from "./socket-vars.ts";
import { CLOSED, type Stack } from "./stack.ts";

/** Largest piece of one send or receive. */
const PIECE_BYTES = 536;
const UDP_HEADER_BYTES = 8;
const NO_RESPONSE = -15;
const UNSENT_DATA = -8;
/** Of the firmware's errors only these come about: all that the chip's network reports is "closed". */
const ERRORS: Record<number, string> = {
  [UNSENT_DATA]: "unsent data",
  [NO_RESPONSE]: "no response",
};

export class Transfer {
  readonly receiving: Receiving;
  /** Something moved since it was last false. */
  hasMoved = false;
  /** Size of the receive buffer of all sockets, as dgram's recvBufferSize enlarges it. */
  private receiveBytes = PIECE_BYTES;
  private readonly machine: Machine;
  private readonly stack: Stack;
  private readonly vars: SocketVars;

  constructor(machine: Machine, stack: Stack, vars: SocketVars) {
    this.machine = machine;
    this.stack = stack;
    this.vars = vars;
    this.receiving = new Receiving(machine, vars);
  }

  setReceiveBuffer(bytes: number): void {
    this.receiveBytes = Math.max(PIECE_BYTES, bytes);
  }

  get receiveBuffer(): number {
    return this.receiveBytes;
  }

  /** Bytes of a connection, "" for none, or a negative error. A datagram goes to its listeners at once. */
  receive(connection: EspObject): string | number {
    const number = this.vars.socket(connection) ?? CLOSED;
    if (this.vars.type(connection) !== TYPE.udp) {
      const received = this.stack.recv(number, this.receiveBytes);
      if (typeof received === "string" && received !== "") this.hasMoved = true;
      return received;
    }
    const datagram = this.stack.receiveDatagram(number);
    if (typeof datagram === "number") return datagram;
    if (!datagram) return "";
    this.hasMoved = true;
    this.receiving.datagram(connection, datagram, this.receiveBytes - UDP_HEADER_BYTES);
    return "";
  }

  /** Send what waits in the object's buffer; a negative error, else 0. */
  send(object: EspObject, number: number | undefined): number {
    const { vars } = this;
    const waiting = vars.text(object, KEY.sendData);
    if (waiting === "" || number === undefined) return waiting === "" ? 0 : CLOSED;
    const sent =
      vars.type(object) === TYPE.udp
        ? this.sendDatagram(number, waiting)
        : this.stack.send(number, waiting.slice(0, this.receiveBytes));
    if (sent <= 0) return sent;
    this.hasMoved = true;
    vars.set(object, KEY.sendData, waiting.slice(sent));
    if (sent >= waiting.length && !vars.isSet(object, KEY.close)) {
      queueListeners(this.machine, object, "drain", [object]);
    }
    return 0;
  }

  /** Tell the objects of an error; false when it is none that programs hear of. */
  raise(code: number, objects: EspObject[]): boolean {
    const message = ERRORS[code];
    if (message === undefined) return false;
    const error: Value = this.machine.engine.object({ code, message });
    for (const object of objects) queueListeners(this.machine, object, "error", [error]);
    return true;
  }

  /** What an error means for a connection that the board opened, when nothing more can be received. */
  errorOf(connection: EspObject, hadHeaders: boolean, response: EspObject): number | undefined {
    const isHttp = this.vars.type(connection) === TYPE.http;
    if (isHttp && hadHeaders && this.vars.int(response, KEY.receiveCount) <= 0) return undefined;
    return hadHeaders ? CLOSED : NO_RESPONSE;
  }

  /** The connection closed while data still waited to be sent. */
  withUnsent(connection: EspObject, code: number): number {
    const isUnsent = code === CLOSED && this.vars.text(connection, KEY.sendData) !== "";
    return isUnsent ? UNSENT_DATA : code;
  }

  private sendDatagram(number: number, waiting: string): number {
    const { data, address, port } = unpackDatagram(waiting);
    this.stack.sendDatagram(number, data, address, port);
    return UDP_HEADER_BYTES + data.length;
  }
}

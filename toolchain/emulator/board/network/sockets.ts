/**
 * The firmware's look at its sockets in each turn of the idle loop: accept, receive and send a piece, close what is
 * done; one pass costs a fixed time. Source: socketserver.c (socketIdle), Espruino 2v29.
 */
import type { EspObject, Value } from "../../engine/value.ts";
import { queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { KEY, LIST, SocketVars, TYPE } from "./socket-vars.ts";
import { NOT_CONNECTED, type Stack } from "./stack.ts";
import { forgetTlsRecord } from "./tls-options.ts";
import { Transfer } from "./transfer.ts";

/** From one pass to the next while data moves: with 536 bytes in each about 1 Mbit/s. An estimate. */
const PASS_US = 4000;

export class Sockets {
  readonly vars: SocketVars;
  readonly transfer: Transfer;
  private readonly machine: Machine;
  private readonly stack: Stack;
  /** Something may have changed since the last pass. */
  private isWanted = false;
  private lastPassUs = Number.NEGATIVE_INFINITY;

  constructor(machine: Machine, stack: Stack) {
    this.machine = machine;
    this.stack = stack;
    this.vars = new SocketVars(machine);
    this.transfer = new Transfer(machine, stack, this.vars);
    stack.onChange = () => this.wake();
  }

  wake(): void {
    this.isWanted = true;
  }

  /** A reset closes every socket. */
  reset(): void {
    this.stack.closeAll();
    this.transfer.setReceiveBuffer(0);
    this.isWanted = false;
  }

  /** When the next pass is due; Infinity while nothing moves. */
  nextUs(): number {
    return this.isWanted ? this.lastPassUs + PASS_US : Number.POSITIVE_INFINITY;
  }

  /** A pass, if one is due. `hasRunCode`: the program may have changed its sockets' properties. */
  idle(nowUs: number, hasRunCode: boolean): boolean {
    const { vars, transfer } = this;
    if (hasRunCode && this.isAnyOpen()) this.wake();
    if (this.nextUs() > nowUs) return false;
    this.lastPassUs = nowUs;
    this.isWanted = false;
    transfer.hasMoved = false;
    for (const server of [...vars.list(LIST.servers)]) this.accept(server);
    this.each(LIST.served, (connection) => this.serve(connection));
    this.each(LIST.clients, (connection) => this.attend(connection));
    if (transfer.hasMoved) this.wake();
    return true;
  }

  /** Close the socket of an object and mark it. */
  kill(object: EspObject): void {
    const number = this.vars.socket(object);
    if (number === undefined) return;
    this.stack.close(number);
    if (this.vars.isTls(object)) forgetTlsRecord(this.machine, number);
    object.props?.delete(KEY.socket);
    this.vars.set(object, KEY.connected, false);
    this.vars.set(object, KEY.close, true);
  }

  private isAnyOpen(): boolean {
    return this.vars.list(LIST.clients).length > 0 || this.vars.list(LIST.served).length > 0;
  }

  /** Entries for which `isOver` answers true are taken off the list. */
  private each(list: string, isOver: (connection: EspObject) => boolean): void {
    const connections = this.vars.list(list);
    for (let i = 0; i < connections.length; ) {
      const connection = connections[i] as EspObject;
      if (isOver(connection)) {
        this.vars.remove(list, connection);
        this.wake();
      } else i++;
    }
  }

  private accept(server: EspObject): void {
    const { vars, machine } = this;
    const listening = vars.socket(server);
    const number = listening === undefined ? undefined : this.stack.accept(listening);
    if (number === undefined) return;
    this.transfer.hasMoved = true;
    if (vars.type(server) !== TYPE.http) {
      const socket = vars.create("Socket");
      vars.set(socket, KEY.type, vars.get(server, KEY.type));
      vars.add(LIST.clients, socket);
      vars.setSocket(socket, number);
      queueListeners(machine, server, "connect", [socket]);
      return;
    }
    const request = vars.create("httpSRq");
    const response = vars.create("httpSRs");
    vars.set(request, KEY.type, TYPE.http);
    vars.add(LIST.served, request);
    vars.set(request, KEY.response, response);
    vars.set(request, KEY.server, server);
    vars.setSocket(request, number);
    vars.setSocket(response, number);
    vars.set(response, KEY.headers, machine.engine.object({ Connection: "close" }));
  }

  /** A connection to an HTTP server of the board, or a bound UDP socket. True when it is over. */
  private serve(connection: EspObject): boolean {
    const { vars, transfer } = this;
    const isHttp = vars.type(connection) === TYPE.http;
    const socket = this.socketOf(connection, isHttp);
    let isOver = vars.isSet(connection, KEY.closeNow);
    let error = 0;
    if (!isOver) {
      const received = transfer.receive(connection);
      if (typeof received === "number") error = received;
      else if (received !== "") {
        const data = vars.text(connection, KEY.receiveData) + received;
        const rest = transfer.receiving.take(connection, connection, data, true);
        vars.set(connection, KEY.receiveData, rest);
      }
      error = Math.min(error, transfer.send(socket, vars.socket(connection)));
      isOver = error < 0;
      const hasReceived = typeof received === "string" && received !== "";
      if (hasReceived) isOver = false;
      else if (vars.text(socket, KEY.sendData) === "") {
        // A peer that went away does not end it: the program has to.
        isOver = this.isServed(connection, socket, isHttp);
      }
    }
    if (isOver) this.endServed(connection, socket, isHttp, error);
    return isOver;
  }

  /** All is sent and nothing came: does the connection end? */
  private isServed(connection: EspObject, socket: EspObject, isHttp: boolean): boolean {
    const { vars, machine } = this;
    const isAsked = vars.isSet(socket, KEY.close);
    if (!isHttp) return isAsked;
    if (!vars.isSet(connection, KEY.hadHeaders)) return false;
    if (vars.int(connection, KEY.receiveCount) > 0) return false;
    if (!vars.isSet(connection, KEY.ended)) {
      vars.set(connection, KEY.ended, true);
      queueListeners(machine, connection, "end", []);
    }
    return isAsked;
  }

  private endServed(
    connection: EspObject,
    socket: EspObject,
    isHttp: boolean,
    error: number,
  ): void {
    const { vars, machine, transfer } = this;
    if (vars.isSet(connection, KEY.hadHeaders)) {
      transfer.receiving.push(connection, vars.get(connection, KEY.receiveData), isHttp, true);
    }
    const hasFailed = transfer.raise(error, isHttp ? [connection, socket] : [connection]);
    queueListeners(machine, socket, "end", []);
    if (isHttp) queueListeners(machine, connection, "close", [hasFailed]);
    queueListeners(machine, socket, "close", [hasFailed]);
    this.kill(connection);
  }

  /** A connection that the board opened, an accepted plain one, or a UDP socket. True when it is over. */
  private attend(connection: EspObject): boolean {
    const { vars, transfer } = this;
    const isHttp = vars.type(connection) === TYPE.http;
    const socket = this.socketOf(connection, isHttp);
    const isAlreadyOver = vars.isSet(connection, KEY.closeNow);
    if (vars.socket(connection) === undefined) {
      return isAlreadyOver && this.endAttended(connection, socket, undefined, 0);
    }
    const hadHeaders = !isHttp || vars.isSet(socket, KEY.hadHeaders);
    let kept = vars.get(connection, KEY.receiveData);
    // Only now, so that the callback has had its turn. As in the original, the buffer itself stays until new data
    // comes: what read() then makes room for is given out twice.
    if (hadHeaders) kept = transfer.receiving.push(socket, kept, isHttp, false);
    if (isAlreadyOver) return this.endAttended(connection, socket, kept, 0);
    const sent = this.sendOrEnd(connection, socket, isHttp, hadHeaders);
    let error = typeof sent === "number" ? sent : 0;
    const received = transfer.receive(connection);
    const isWaiting = received === NOT_CONNECTED && !vars.isSet(connection, KEY.connected);
    if (typeof received === "string") {
      if (!isHttp) this.markConnected(connection);
      if (received !== "") {
        const data = (typeof kept === "string" ? kept : "") + received;
        kept = transfer.receiving.take(connection, socket, data, false);
        vars.set(connection, KEY.receiveData, kept);
      }
    } else if (!isWaiting) error = transfer.errorOf(connection, hadHeaders, socket) ?? error;
    const isClosed = typeof received === "number" && !isWaiting;
    const isOver = sent === "over" || (typeof sent === "number" && sent < 0) || isClosed;
    return isOver && this.endAttended(connection, socket, kept, error);
  }

  /** Send a piece: a negative error or 0. With nothing to send: does the connection end, as was asked? */
  private sendOrEnd(
    connection: EspObject,
    socket: EspObject,
    isHttp: boolean,
    hadHeaders: boolean,
  ): number | "over" {
    const { vars, machine } = this;
    const number = vars.socket(connection);
    if (vars.text(connection, KEY.sendData) !== "") return this.transfer.send(connection, number);
    const isAsked = vars.isSet(connection, KEY.close);
    if (!isHttp) return isAsked ? "over" : 0;
    if (isAsked && number !== undefined) this.stack.finish(number);
    if (vars.int(socket, KEY.receiveCount) > 0 || !hadHeaders) return 0;
    if (!vars.isSet(socket, KEY.ended)) {
      vars.set(socket, KEY.ended, true);
      queueListeners(machine, socket, "end", []);
    }
    return isAsked ? "over" : 0;
  }

  private markConnected(connection: EspObject): void {
    const { vars, machine } = this;
    if (vars.isSet(connection, KEY.connected)) return;
    queueListeners(machine, connection, "connect", [connection]);
    vars.set(connection, KEY.connected, true);
    this.transfer.hasMoved = true;
    if (vars.text(connection, KEY.sendData) === "") {
      queueListeners(machine, connection, "drain", [connection]);
    }
  }

  /** False while data still waits for a reader: then the connection stays. */
  private endAttended(
    connection: EspObject,
    socket: EspObject,
    kept: Value,
    error: number,
  ): boolean {
    const { vars, machine, transfer } = this;
    const isHttp = socket !== connection;
    const rest = transfer.receiving.push(socket, kept, isHttp, true);
    if (typeof rest === "string" && rest !== "") return false;
    const code = transfer.withUnsent(connection, error);
    this.kill(connection);
    const hasFailed = transfer.raise(code, [connection]);
    if (!vars.isSet(socket, KEY.ended)) {
      vars.set(socket, KEY.ended, true);
      queueListeners(machine, socket, "end", []);
    }
    queueListeners(machine, socket, "close", [hasFailed]);
    return true;
  }

  /** What sends and is read: of HTTP the response, else the connection itself. */
  private socketOf(connection: EspObject, isHttp: boolean): EspObject {
    return isHttp ? (this.vars.get(connection, KEY.response) as EspObject) : connection;
  }
}

/**
 * What programs ask of sockets: open, listen, write, end. Errors are thrown after the firmware has done the rest of
 * its work, as it only notes them. Source: socketserver.c, jswrap_net.c, Espruino 2v29.
 */
import { EspObject, isString, type Value } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import { ERRNO } from "./carrier.ts";
import { packDatagram } from "./datagram.ts";
import { headerOf, isChunked, requestHead, responseHead } from "./http-head.ts";
import { KEY, LIST, type SocketVars, TYPE } from "./socket-vars.ts";
import type { Sockets } from "./sockets.ts";
import type { Stack } from "./stack.ts";
import { tlsOptions, tlsRecord } from "./tls-options.ts";
import { parseUrl } from "./url.ts";

const CLASSES: Record<number, string> = {
  [TYPE.tcp]: "Socket",
  [TYPE.http]: "httpCRq",
  [TYPE.udp]: "dgramSocket",
};

export class Requests {
  private readonly machine: Machine;
  private readonly stack: Stack;
  private readonly sockets: Sockets;
  private readonly vars: SocketVars;

  constructor(machine: Machine, stack: Stack, sockets: Sockets) {
    this.machine = machine;
    this.stack = stack;
    this.sockets = sockets;
    this.vars = sockets.vars;
  }

  /** net.connect, tls.connect, http.request, dgram.createSocket; undefined when the arguments are wrong. */
  open(given: Value, callback: Value, type: number): EspObject | undefined {
    const { engine } = this.machine;
    const options = isString(given) ? parseUrl(engine, engine.text(given), false) : given;
    if (!(options instanceof EspObject) || engine.isArray(options) || engine.isFunction(options)) {
      const found = engine.typeName(given);
      return this.complain(`Expecting Options to be an Object but it was ${found}`);
    }
    if (callback !== undefined && !engine.isFunction(callback)) {
      return this.complain(`Expecting Callback Function but got ${engine.typeName(callback)}`);
    }
    const protocol = type === TYPE.http ? options.props?.get("protocol") : undefined;
    const isSecure = isString(protocol) && engine.text(protocol) === "https:";
    const request = this.create(isSecure ? TYPE.http | TYPE.tls : type, options, callback);
    if ((type & TYPE.mask) === TYPE.tcp) this.connect(request);
    return request;
  }

  private create(type: number, options: EspObject, callback: Value): EspObject {
    const { vars } = this;
    const kind = type & TYPE.mask;
    if (kind === TYPE.udp) {
      const size = vars.int(options, "recvBufferSize");
      const { transfer } = this.sockets;
      transfer.setReceiveBuffer(Math.max(transfer.receiveBuffer, size));
    }
    const response = kind === TYPE.http ? vars.create("httpCRs") : undefined;
    const request = vars.create(CLASSES[kind] as string);
    vars.set(request, KEY.type, type);
    if (callback !== undefined) vars.set(request, KEY.onConnect, callback);
    vars.add(LIST.clients, request);
    if (response) vars.set(request, KEY.response, response);
    vars.set(request, KEY.options, options);
    return request;
  }

  createServer(className: string, type: number, callback: Value): EspObject | undefined {
    const { engine } = this.machine;
    if (!engine.isFunction(callback)) {
      return this.complain(`Expecting Callback Function but got ${engine.typeName(callback)}`);
    }
    const server = this.vars.create(className);
    this.vars.set(server, KEY.type, type);
    this.vars.set(server, KEY.onConnect, callback);
    return server;
  }

  listen(server: EspObject, port: number, type: number): void {
    const { vars, machine } = this;
    vars.set(server, KEY.port, port);
    const options = vars.get(server, KEY.options);
    const number = type === TYPE.udp ? this.bind(port, options) : this.stack.listen(port);
    if (number === undefined) {
      if (type === TYPE.udp) machine.print("ERROR: Socket bind failed\n");
      vars.set(server, KEY.closeNow, true);
      throw machine.engine.error("InternalError", "Unable to create socket");
    }
    vars.setSocket(server, number);
    vars.add(type === TYPE.udp ? LIST.served : LIST.servers, server);
  }

  private bind(port: number, options: Value): number | undefined {
    const { engine } = this.machine;
    if (!(options instanceof EspObject)) return this.stack.bind(port, false, []);
    const group = options.props?.get("multicastGroup");
    const groups = group === undefined ? [] : [engine.text(group)];
    return this.stack.bind(port, engine.truthy(options.props?.get("reuseAddr")), groups);
  }

  closeServer(server: EspObject): void {
    if (!this.machine.engine.hidden.props?.has(LIST.servers)) return;
    this.sockets.kill(server);
    if (!this.vars.remove(LIST.servers, server)) this.machine.print("WARNING: Server not found!\n");
  }

  write(request: EspObject, data: Value): void {
    const { vars, machine } = this;
    this.checkOpen(request);
    const type = vars.type(request);
    const head = vars.get(request, KEY.sendData) === undefined ? this.head(request, type) : "";
    let text = data === undefined ? "" : machine.engine.text(data);
    if (data !== undefined && vars.isSet(request, KEY.chunked)) text = chunk(text);
    vars.set(request, KEY.sendData, vars.text(request, KEY.sendData) + head + text);
    this.sockets.wake();
    if (type !== TYPE.tcp) this.connect(request);
  }

  /** What goes before the first bytes. */
  private head(request: EspObject, type: number): string {
    const { vars, machine } = this;
    const options = vars.get(request, KEY.options);
    if (type !== TYPE.http || vars.socket(request) !== undefined) return "";
    if (!(options instanceof EspObject)) return "";
    const headers = options.props?.get("headers");
    const encoding = headers instanceof EspObject && headers.props?.get("Transfer-Encoding");
    if (encoding && isChunked(machine.engine, encoding)) vars.set(request, KEY.chunked, true);
    return requestHead(machine.engine, options);
  }

  sendDatagram(socket: EspObject, data: string, address: string, port: number): void {
    this.checkOpen(socket);
    const target = this.stack.resolve(address) ?? "0.0.0.0";
    const packed = packDatagram({ data, address: target, port: port & 0xffff });
    this.vars.set(socket, KEY.sendData, this.vars.text(socket, KEY.sendData) + packed);
    this.sockets.wake();
    this.connect(socket);
  }

  end(request: EspObject): void {
    const { vars } = this;
    try {
      if (vars.type(request) === TYPE.http) {
        this.write(request, vars.isSet(request, KEY.chunked) ? "" : undefined);
      } else if (vars.text(request, KEY.sendData) === "") vars.set(request, KEY.closeNow, true);
    } finally {
      vars.set(request, KEY.close, true);
      this.sockets.wake();
    }
  }

  setHeader(response: EspObject, name: Value, value: Value): void {
    const { engine } = this.machine;
    const known = this.vars.get(response, KEY.headers);
    const headers = known instanceof EspObject ? known : engine.object();
    if (headers !== known) this.vars.set(response, KEY.headers, headers);
    engine.set(headers, engine.text(name), engine.text(value));
  }

  writeHead(response: EspObject, status: number, given: Value): undefined {
    const { vars } = this;
    const { engine } = this.machine;
    const isObject = given instanceof EspObject && !engine.isFunction(given);
    if (given !== undefined && !isObject) {
      return this.complain("Headers sent to writeHead should be an object");
    }
    if (vars.get(response, KEY.sendData) !== undefined) {
      return this.complain("Headers have already been sent");
    }
    const headers = engine.object();
    for (const from of [vars.get(response, KEY.headers), given]) {
      if (!(from instanceof EspObject)) continue;
      for (const name of engine.keys(from)) engine.set(headers, name, engine.get(from, name));
    }
    if (isChunked(engine, headerOf(headers, "Transfer-Encoding"))) {
      vars.set(response, KEY.chunked, true);
    }
    vars.set(response, KEY.sendData, responseHead(engine, status, headers));
    return undefined;
  }

  respond(response: EspObject, data: Value): void {
    const { vars, machine } = this;
    this.checkOpen(response);
    if (vars.get(response, KEY.sendData) === undefined) this.writeHead(response, 200, undefined);
    this.sockets.wake();
    if (data === undefined) return;
    const text = machine.engine.text(data);
    const framed = vars.isSet(response, KEY.chunked) ? chunk(text) : text;
    vars.set(response, KEY.sendData, vars.text(response, KEY.sendData) + framed);
  }

  endResponse(response: EspObject): void {
    const { vars } = this;
    try {
      this.respond(response, vars.isSet(response, KEY.chunked) ? "" : undefined);
    } finally {
      vars.set(response, KEY.close, true);
    }
  }

  private checkOpen(object: EspObject): void {
    if (!this.vars.isOpen(object)) throw this.machine.error("This socket is closed");
  }

  /** Open the socket if it has none. */
  private connect(request: EspObject): void {
    const { vars, machine } = this;
    if (vars.socket(request) !== undefined) return;
    const options = vars.get(request, KEY.options) as EspObject;
    const host = options.props?.get("host");
    const name = host === undefined ? "127.0.0.1" : machine.engine.text(host);
    const address = this.stack.resolve(name);
    if (address === undefined) this.refuse(request, "Unable to locate host");
    else if (vars.type(request) === TYPE.udp) {
      const number = this.stack.bind(undefined, false, []);
      if (number === undefined) this.refuse(request, "Unable to create socket");
      else vars.setSocket(request, number);
    } else this.connectTcp(request, options, address);
  }

  private connectTcp(request: EspObject, options: EspObject, address: string): void {
    const { vars, machine } = this;
    const isTls = vars.isTls(request);
    const isHttp = vars.type(request) === TYPE.http;
    const standard = isTls ? 443 : isHttp ? 80 : 0;
    const port = vars.int(options, "port") & 0xffff || standard;
    const opened = this.stack.connect(address, port, {
      tls: isTls ? tlsOptions(machine, options) : undefined,
      isHttp,
    });
    if (typeof opened === "number") {
      vars.setSocket(request, opened);
      if (isTls) tlsRecord(machine, opened);
      return;
    }
    const { errno } = opened;
    const isFull = errno === ERRNO.ENFILE;
    machine.print(
      `ERROR: ${isFull ? "Socket creation failed" : `Connect failed (err ${errno})`}\n`,
    );
    this.refuse(request, "Unable to create socket");
  }

  private refuse(request: EspObject, message: string): never {
    this.vars.set(request, KEY.closeNow, true);
    this.sockets.wake();
    throw this.machine.engine.error("InternalError", message);
  }

  /** The firmware's way for wrong arguments: a line on the console and no result. */
  private complain(message: string): undefined {
    this.machine.print(`ERROR: ${message}\n`);
    return undefined;
  }
}

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

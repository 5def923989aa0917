/**
 * The insides of sockets as the firmware keeps them: properties of the objects that the program holds, and hidden
 * lists of what is open. They cost JsVars, and print() shows them. Source: socketserver.c, Espruino 2v29.
 */
import { EspArray, type EspObject, type Value } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";

export const TYPE = { tcp: 0, http: 1, udp: 2, tls: 4, mask: 3 } as const;

export const KEY = {
  type: "type",
  port: "port",
  socket: "sckt",
  hadHeaders: "hdrs",
  ended: "endd",
  receiveData: "dRcv",
  receiveCount: "cRcv",
  sendData: "dSnd",
  response: "res",
  options: "opt",
  server: "svr",
  chunked: "chunked",
  headers: "headers",
  closeNow: "clsNow",
  connected: "conn",
  close: "cls",
  onConnect: "#onconnect",
  onBind: "#onbind",
} as const;

export const LIST = { clients: "HttpCC", servers: "HttpS", served: "HttpSC" } as const;

export class SocketVars {
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** An object of a built-in class, which enters the globals with its first object. */
  create(className: string): EspObject {
    const { engine } = this.machine;
    const object = engine.object();
    object.proto = engine.touchClass(className) ?? null;
    return object;
  }

  get(object: EspObject, key: string): Value {
    return object.props?.get(key);
  }

  set(object: EspObject, key: string, value: Value): void {
    const { engine } = this.machine;
    if (typeof value === "string") engine.reserve(value.length / engine.layout.stringExtChars);
    engine.set(object, key, value);
  }

  text(object: EspObject, key: string): string {
    const value = object.props?.get(key);
    return typeof value === "string" ? value : "";
  }

  isSet(object: EspObject, key: string): boolean {
    return this.machine.engine.truthy(object.props?.get(key));
  }

  int(object: EspObject, key: string): number {
    return this.machine.engine.int(object.props?.get(key));
  }

  type(object: EspObject): number {
    return this.int(object, KEY.type) & TYPE.mask;
  }

  isTls(object: EspObject): boolean {
    return (this.int(object, KEY.type) & TYPE.tls) !== 0;
  }

  /** The socket's number, undefined while it has none. */
  socket(object: EspObject): number | undefined {
    const stored = this.int(object, KEY.socket);
    return stored > 0 ? stored - 1 : undefined;
  }

  setSocket(object: EspObject, number: number): void {
    this.set(object, KEY.socket, number + 1);
  }

  isOpen(object: EspObject): boolean {
    return !this.isSet(object, KEY.closeNow) && !this.isSet(object, KEY.close);
  }

  /** A hidden list, made with its first entry. */
  list(name: string): EspObject[] {
    const list = this.machine.engine.hidden.props?.get(name);
    return list instanceof EspArray ? (list.items as EspObject[]) : [];
  }

  add(name: string, object: EspObject): void {
    const { engine } = this.machine;
    const list = engine.hidden.props?.get(name);
    if (list instanceof EspArray) list.items.push(object);
    else engine.set(engine.hidden, name, engine.array([object]));
    engine.allocated += 2;
  }

  /** Whether it was there. */
  remove(name: string, object: EspObject): boolean {
    const list = this.list(name);
    const index = list.indexOf(object);
    if (index >= 0) list.splice(index, 1);
    return index >= 0;
  }
}

/**
 * require("http"): request() and get() over real sockets of the host, with the events and quirks of the firmware.
 * Data moves in 536-byte pieces at a fixed virtual pace, so that the same answer gives the same run.
 * Source: libs/network/http, libs/network/socketserver.c, Espruino 2v29.
 */
import { EspObject, type Value } from "../../engine/engine.ts";
import { isString } from "../../engine/value.ts";
import { notModelled } from "../interactive.ts";
import type { Machine } from "../machine.ts";
import { defineGlobalObject, library, prototype } from "../natives.ts";
import { HttpConnection } from "./connection.ts";
import { streamMethods } from "./stream.ts";
import { parseUrl } from "./url.ts";

const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

export class Http {
  private readonly machine: Machine;
  private connections = new Map<EspObject, HttpConnection>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  library(): EspObject {
    const { engine } = this.machine;
    const requestMethods = prototype(engine, "httpCRq", {
      write: (self, [data]) => {
        this.connection(self).write(engine.text(data));
        return false;
      },
      end: (self, [data]) => {
        const connection = this.connection(self);
        if (data !== undefined) connection.write(engine.text(data));
        connection.end();
        return undefined;
      },
    });
    const responseMethods = prototype(engine, "httpCRs", streamMethods(this.machine));
    const open = (options: Value, callback: Value) =>
      this.open(options, callback, requestMethods, responseMethods);
    return library("http", {
      request: (_self, [options, callback]) => open(options, callback).request,
      get: (_self, [options, callback]) => {
        if (options instanceof EspObject) engine.set(options, "method", "GET");
        const connection = open(options, callback);
        connection.end();
        return connection.request;
      },
      createServer: () => notModelled(this.machine, "http.createServer()"),
    });
  }

  /** The url object, a global beside the library. */
  installUrl(): void {
    const { engine } = this.machine;
    const parse = (url: Value, isQueryParsed: Value) =>
      isString(url) ? parseUrl(engine, engine.text(url), engine.truthy(isQueryParsed)) : undefined;
    defineGlobalObject(engine, "url", { parse: (_self, [text, query]) => parse(text, query) });
  }

  /** A reset closes every socket. */
  reset(): void {
    for (const connection of this.connections.values()) connection.abandon();
    this.connections.clear();
  }

  private open(
    options: Value,
    callback: Value,
    requestMethods: EspObject,
    responseMethods: EspObject,
  ): HttpConnection {
    const { machine } = this;
    const { engine } = machine;
    const parsed = isString(options) ? parseUrl(engine, engine.text(options), false) : options;
    if (!(parsed instanceof EspObject)) {
      throw machine.error(`Expecting Options to be Object but it was ${engine.typeName(options)}`);
    }
    if (callback !== undefined && !engine.isFunction(callback)) {
      throw machine.error(`Expecting Callback Function but got ${engine.typeName(callback)}`);
    }
    const protocol = engine.get(parsed, "protocol");
    if (isString(protocol) && engine.text(protocol) === "https:") notModelled(machine, "https");
    const request = engine.object();
    request.proto = requestMethods;
    const response = engine.object();
    response.proto = responseMethods;
    const connection = new HttpConnection(machine, {
      request,
      response,
      options: parsed,
      callback,
      checkRoute: (host) => this.checkRoute(host),
      onClosed: () => this.connections.delete(request),
    });
    this.connections.set(request, connection);
    return connection;
  }

  /** Without Wi-Fi no name resolves and no socket opens. */
  private checkRoute(host: string): void {
    const { machine } = this;
    if (machine.wifi.isConnected || host === "127.0.0.1") return;
    const message = IP_ADDRESS.test(host) ? "Unable to create socket" : "Unable to locate host";
    throw machine.engine.error("InternalError", message);
  }

  private connection(self: Value): HttpConnection {
    const found = self instanceof EspObject ? this.connections.get(self) : undefined;
    if (!found) throw this.machine.error("This socket is closed");
    return found;
  }
}

/** The libraries net, dgram, tls and http, the classes of their objects, and the url object. Source: jswrap_net.c, jswrap_http.c. */
import { classOf, methods } from "../../engine/builtins/define.ts";
import { EspObject, isString, type Value } from "../../engine/value.ts";
import { queueListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import { defineGlobalObject, type Functions, library } from "../natives.ts";
import { Requests } from "./requests.ts";
import { KEY, type SocketVars, TYPE } from "./socket-vars.ts";
import { streamMethods } from "./stream.ts";
import { parseUrl } from "./url.ts";

export function installNetwork(machine: Machine): void {
  const { engine } = machine;
  const { vars } = machine.network.sockets;
  const requests = new Requests(machine, machine.network.stack, machine.network.sockets);
  const open = (options: Value, callback: Value, type: number) =>
    requests.open(options, callback, type);
  installClasses(machine, requests, vars);
  const modules: Record<string, Functions> = {
    net: {
      createServer: (_self, [callback]) => requests.createServer("Server", TYPE.tcp, callback),
      connect: (_self, [options, callback]) => open(options, callback, TYPE.tcp),
    },
    tls: {
      connect: (_self, [options, callback]) => open(options, callback, TYPE.tcp | TYPE.tls),
    },
    dgram: {
      createSocket: (_self, [type, callback]) =>
        open(type instanceof EspObject ? type : engine.object(), callback, TYPE.udp),
    },
    http: {
      createServer: (_self, [callback]) => requests.createServer("httpSrv", TYPE.http, callback),
      request: (_self, [options, callback]) => open(options, callback, TYPE.http),
      get: (_self, [options, callback]) => {
        if (options instanceof EspObject) engine.set(options, "method", "GET");
        const request = open(options, callback, TYPE.http);
        if (request) requests.end(request);
        return request;
      },
    },
  };
  for (const [name, functions] of Object.entries(modules)) {
    if (machine.board.modules.includes(name)) {
      machine.modules.define(name, () => library(name, functions));
    }
  }
  const parse = (url: Value, isQueryParsed: Value) =>
    isString(url) ? parseUrl(engine, engine.text(url), engine.truthy(isQueryParsed)) : undefined;
  defineGlobalObject(engine, "url", { parse: (_self, [text, query]) => parse(text, query) });
}

/** Runs both, whatever the first does; the first error counts. */
function bothSteps(first: () => void, second: () => void): void {
  try {
    first();
  } catch (error) {
    try {
      second();
    } catch {
      // The firmware keeps the exception that it has.
    }
    throw error;
  }
  second();
}

function installClasses(machine: Machine, requests: Requests, vars: SocketVars): void {
  const { engine } = machine;
  const isObject = (self: Value): self is EspObject => self instanceof EspObject;
  const on = (run: (self: EspObject, args: Value[]) => Value) => (self: Value, args: Value[]) =>
    isObject(self) ? run(self, args) : undefined;
  const listening = (type: number): Functions => ({
    listen: on((self, [port]) => {
      requests.listen(self, engine.int(port) & 0xffff, type);
      return self;
    }),
    close: on((self) => {
      requests.closeServer(self);
      return undefined;
    }),
  });
  const sending: Functions = {
    write: on((self, [data]) => {
      requests.write(self, data);
      return false;
    }),
    end: on((self, [data]) => {
      const write = () => data !== undefined && requests.write(self, data);
      bothSteps(write, () => requests.end(self));
      return undefined;
    }),
  };
  const answering: Functions = {
    write: on((self, [data]) => {
      requests.respond(self, data);
      return false;
    }),
    end: on((self, [data]) => {
      const write = () => data !== undefined && requests.respond(self, data);
      bothSteps(write, () => requests.endResponse(self));
      return undefined;
    }),
    writeHead: on((self, [status, headers]) =>
      requests.writeHead(self, engine.int(status), headers),
    ),
    setHeader: on((self, [name, value]) => {
      requests.setHeader(self, name, value);
      return undefined;
    }),
  };
  const classes: Record<string, Functions> = {
    Server: listening(TYPE.tcp),
    httpSrv: listening(TYPE.http),
    Socket: { ...streamMethods(machine), ...sending },
    httpCRq: sending,
    httpCRs: streamMethods(machine),
    httpSRq: streamMethods(machine),
    httpSRs: answering,
    dgramSocket: datagramMethods(machine, requests, vars),
  };
  for (const [name, members] of Object.entries(classes)) {
    methods(engine, name, members);
    classOf(engine, name, () => undefined);
  }
}

function datagramMethods(machine: Machine, requests: Requests, vars: SocketVars): Functions {
  const { engine } = machine;
  const isNumeric = (value: Value) => typeof value === "number" || typeof value === "boolean";
  return {
    send: (self, [buffer, second, third, fourth, fifth]) => {
      if (!(self instanceof EspObject)) return undefined;
      const text = engine.text(buffer);
      const hasPart = isNumeric(fourth);
      const data = hasPart ? text.substr(engine.int(second), engine.int(third)) : text;
      const port = engine.int(hasPart ? fourth : second);
      const address = hasPart ? fifth : third;
      requests.sendDatagram(self, data, address === undefined ? "" : engine.text(address), port);
      return undefined;
    },
    bind: (self, [port, callback]) => {
      if (!(self instanceof EspObject)) return undefined;
      vars.set(self, KEY.onBind, callback);
      bothSteps(
        () => requests.listen(self, engine.int(port) & 0xffff, TYPE.udp),
        () => queueListeners(machine, self, "bind", [self]),
      );
      return self;
    },
    close: (self) => {
      if (self instanceof EspObject) requests.end(self);
      return undefined;
    },
    addMembership: (self, [group, ip]) => {
      const options = self instanceof EspObject ? vars.get(self, KEY.options) : undefined;
      if (options instanceof EspObject) {
        engine.set(options, "multicastGroup", group);
        engine.set(options, "multicastIp", ip);
      }
      return undefined;
    },
  };
}

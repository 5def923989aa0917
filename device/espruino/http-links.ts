/**
 * Links on Espruino's `http` module, and on `Wifi` where the board has it (without it, the network is taken to be up).
 * Source: Espruino libs/network/socketserver.c. There is no abort: setting `clsNow` on a request makes its socket
 * loop close it.
 */
import type { Clock, HttpReply, HttpRequest, Links } from "../ports.ts";
import { faultText } from "../protocol/error-names.ts";

const WIFI_MS_MAX = 25000;
/** A check-in's answer is far smaller; more would only fill the memory. */
const REPLY_BYTES_MAX = 8192;

interface HttpResponse {
  statusCode: string;
  headers: { [name: string]: string };
  on(event: "data", run: (data: string) => void): void;
  on(event: "close", run: () => void): void;
}

interface HttpClientRequest {
  on(event: "error", run: (error: { message: string }) => void): void;
  end(body: string): void;
  clsNow?: boolean;
}

/** `require("http")` */
export interface HttpModule {
  request(
    options: {
      protocol: string;
      host: string;
      port: number;
      path: string;
      method: string;
      headers: { [name: string]: string };
    },
    done: (response: HttpResponse) => void,
  ): HttpClientRequest;
}

/** `require("Wifi")` */
export interface WifiModule {
  connect(ssid: string, options: { password: string }, done: (error: string | null) => void): void;
  disconnect(): void;
  getDetails(): { rssi?: number };
}

function addressOf(url: string): { protocol: string; host: string; port: number; path: string } {
  const [protocol, rest] = url.split("//") as [string, string];
  const slash = rest.indexOf("/");
  const [host, port] = rest.substr(0, slash).split(":") as [string, string?];
  const standard = protocol === "https:" ? 443 : 80;
  return { protocol, host, port: port ? parseInt(port, 10) : standard, path: rest.substr(slash) };
}

function lowerNames(headers: { [name: string]: string }): { [name: string]: string } {
  const lower: { [name: string]: string } = {};
  Object.keys(headers).forEach((name) => {
    lower[name.toLowerCase()] = headers[name] as string;
  });
  return lower;
}

function send(
  http: HttpModule,
  clock: Clock,
  wanted: HttpRequest,
  done: (reply: HttpReply | undefined, problem?: string) => void,
): void {
  const reply: HttpReply = { status: 0, headers: {}, body: "" };
  let request: HttpClientRequest | undefined;
  let isOver = false;
  const timer = clock.after(wanted.timeoutMs, () => end("no answer in time"));
  function end(problem: string): void {
    if (isOver) return;
    isOver = true;
    clock.cancel(timer);
    if (problem && request) request.clsNow = true;
    if (problem || !reply.status) done(undefined, problem || "connection closed");
    else done(reply);
  }
  try {
    const address = addressOf(wanted.url);
    request = http.request(
      {
        protocol: address.protocol,
        host: address.host,
        port: address.port,
        path: address.path,
        method: wanted.method,
        headers: wanted.headers,
      },
      (response) => {
        reply.status = parseInt(response.statusCode, 10);
        reply.headers = lowerNames(response.headers);
        response.on("data", (data) => {
          if (reply.body.length + data.length > REPLY_BYTES_MAX) end("answer too long");
          else reply.body += data;
        });
        response.on("close", () => end(""));
      },
    );
    request.on("error", (error) => end(error.message || "connection failed"));
    request.end(wanted.body);
  } catch (error) {
    end(faultText(error));
  }
}

export function createHttpLinks(
  http: HttpModule,
  wifi: WifiModule | undefined,
  clock: Clock,
): Links {
  let rssi = 0;
  let hasJoined = false;

  function disconnect(): void {
    if (wifi && hasJoined) wifi.disconnect();
    hasJoined = false;
  }

  return {
    start: () => {},
    connect: (ssid, password, done) => {
      // Without a name the board keeps the network it has.
      if (!wifi || !ssid) return done("");
      let isOver = false;
      const timer = clock.after(WIFI_MS_MAX, () => end("no Wi-Fi in time"));
      function end(problem: string): void {
        if (isOver) return;
        isOver = true;
        clock.cancel(timer);
        if (!problem) rssi = (wifi as WifiModule).getDetails().rssi || 0;
        done(problem);
      }
      hasJoined = true;
      wifi.connect(ssid, { password }, (error) => end(error ? "Wi-Fi: " + error : ""));
    },
    request: (request, done) => send(http, clock, request, done),
    rssiDbm: () => rssi,
    disconnect: disconnect,
    stop: disconnect,
  };
}

/**
 * Wi-Fi and pages of the set-up on Espruino. Source: libs/network/esp32/jswrap_esp32_network.c, libs/network/http.
 */
import type { Clock, FoundNetwork, SetupPorts, SetupWifi } from "../ports.ts";
import type { Board } from "./board.ts";
import type { WifiModule } from "./http-links.ts";
import { guarded } from "./program.ts";
import { createSerialLine } from "./serial-line.ts";

/** Three tries of the firmware; clients wait for 30 s. */
const JOIN_MS_MAX = 20000;
const BODY_BYTES_MAX = 600;
interface SetupWifiModule extends WifiModule {
  scan(done: (found: { ssid: string; rssi: number; authMode: string }[]) => void): void;
  getIP(): { ip: string; mac: string };
  setHostname(name: string): void;
  startAP(ssid: string, options: { password?: string }): void;
  stopAP(): void;
}

interface PageRequest {
  method: string;
  url: string;
  headers: { [name: string]: string };
  on(event: "data", run: (data: string) => void): void;
}

interface PageResponse {
  writeHead(status: number, headers: { [name: string]: string | number }): void;
  end(text: string): void;
}

/** `require("http")`, as a server. */
export interface PageModule {
  createServer(run: (request: PageRequest, response: PageResponse) => void): PageServer;
}

interface PageServer {
  listen(port: number): void;
  close(): void;
}

/** @param http undefined on firmware without it, as is `wifi` */
export function createSetupPorts(
  http: PageModule | undefined,
  wifi: WifiModule | undefined,
  board: Board,
  clock: Clock,
): SetupPorts {
  function createWifi(wifi: SetupWifiModule, http: PageModule): SetupWifi {
    return {
      scan: (done) => {
        wifi.scan((found) =>
          guarded(() => {
            const networks: FoundNetwork[] = found.map((one) => ({
              ssid: one.ssid,
              rssiDbm: one.rssi,
              isOpen: one.authMode === "open",
            }));
            done(networks.filter((one) => !!one.ssid));
          })(),
        );
      },
      join: (ssid, password, done) => {
        let isOver = false;
        function end(problem: string): void {
          if (isOver) return;
          isOver = true;
          clock.cancel(timer);
          if (problem) wifi.disconnect();
          done(problem, problem ? "" : wifi.getIP().ip);
        }
        const timer = clock.after(JOIN_MS_MAX, () => end("no Wi-Fi in time"));
        wifi.connect(ssid, { password }, (error) =>
          guarded(() => end(error ? "Wi-Fi: " + error : ""))(),
        );
      },
      setHostname: (name) => wifi.setHostname(name),
      openAccessPoint: (ssid, password) => wifi.startAP(ssid, password ? { password } : {}),
      closeAccessPoint: () => wifi.stopAP(),
      serve: (answer) => {
        const server = http.createServer((request, response) => {
          let body = "";
          const reply = (status: number, type: string, text: string): void => {
            response.writeHead(status, {
              "Content-Type": type,
              "Content-Length": text.length,
              Connection: "close",
            });
            response.end(text);
          };
          const wanted = parseInt(request.headers["Content-Length"] || "0", 10);
          const take = (data: string): void => {
            body += data;
            if (wanted > BODY_BYTES_MAX) reply(413, "application/json", "{}");
            else if (body.length >= wanted)
              guarded(() => answer(request.method, request.url, body, reply))();
          };
          if (wanted > 0 && wanted <= BODY_BYTES_MAX) request.on("data", take);
          else take("");
        });
        server.listen(80);
        return () => server.close();
      },
    };
  }

  const setupWifi = wifi as SetupWifiModule | undefined;
  const mac = setupWifi ? setupWifi.getIP().mac : getSerial();
  return {
    line: createSerialLine(),
    wifi: setupWifi && http ? createWifi(setupWifi, http) : undefined,
    chip: process.env.BOARD,
    tag: mac.split(":").join("").substr(-4),
    accessPointPassword: board.accessPointPassword,
  };
}

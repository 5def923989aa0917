/**
 * A host of a simulated network: a test gives it ports that answer, or lets it connect to boards. What it does happens
 * in virtual time, as part of the boards that it talks to.
 */
import type { Stream } from "../carrier.ts";
import type { Acceptor, Endpoint, Receiver } from "./endpoint.ts";
import { type HttpAnswer, type HttpAsked, serveHttp } from "./http-service.ts";
import type { SimulatedNetwork } from "./simulated-network.ts";

/** One TCP connection as a host sees it; byte strings. */
export class HostConnection {
  onData: (data: string) => void = () => {};
  onClose: () => void = () => {};
  private readonly stream: Stream;
  private readonly host: SimulatedHost;
  private waiting = "";
  private isEnding = false;
  private isOver = false;

  constructor(host: SimulatedHost, stream: Stream) {
    this.host = host;
    this.stream = stream;
    stream.onChange = () => this.look();
  }

  get isOpen(): boolean {
    return !this.isOver;
  }

  write(data: string): void {
    this.waiting += data;
    this.flush();
  }

  /** Close when all is written. */
  end(data = ""): void {
    this.isEnding = true;
    this.write(data);
  }

  /** Do something that many milliseconds of virtual time later. */
  after(ms: number, run: () => void): void {
    this.host.at(this.host.nowMs() + ms, run);
  }

  /** Read what came while nobody listened, too. */
  look(): void {
    for (let data = this.stream.recv(1e9); data !== ""; data = this.stream.recv(1e9)) {
      this.onData(data);
    }
    this.flush();
    if (this.stream.state === "open" || this.isOver) return;
    this.isOver = true;
    if (!this.isEnding) this.stream.close();
    this.onClose();
  }

  private flush(): void {
    while (this.waiting !== "" && !this.isOver) {
      const sent = this.stream.send(this.waiting);
      if (sent <= 0) return;
      this.waiting = this.waiting.slice(sent);
    }
    if (this.isEnding && this.waiting === "") this.stream.close();
  }
}

export class SimulatedHost implements Endpoint {
  readonly name: string;
  readonly ip: string;
  readonly isReachable = true;
  readonly acceptors = new Map<number, Acceptor>();
  readonly receivers = new Set<Receiver>();
  /** Boards may set their clock by it (Wifi.setSNTP). */
  servesTime = false;
  private readonly network: SimulatedNetwork;

  constructor(network: SimulatedNetwork, name: string, ip: string) {
    this.network = network;
    this.name = name;
    this.ip = ip;
  }

  nowMs(): number {
    return this.network.nowMs;
  }

  at(ms: number, run: () => void): void {
    this.network.at(ms, run);
  }

  /** Take TCP connections; `tls`: only from tls.connect and https. No encryption takes place. */
  listen(
    port: number,
    serve: (connection: HostConnection) => void,
    { tls = false }: { tls?: boolean } = {},
  ): void {
    const accept = (stream: Stream) => {
      const connection = new HostConnection(this, stream);
      serve(connection);
      connection.look();
    };
    this.acceptors.set(port, { isTls: tls, accept });
  }

  /** Answer HTTP requests; the answer's `afterMs` is how long the host takes. */
  http(
    port: number,
    answer: (request: HttpAsked) => HttpAnswer,
    options: { tls?: boolean } = {},
  ): void {
    this.listen(port, (connection) => serveHttp(connection, answer), options);
  }

  /** Stop listening. */
  close(port: number): void {
    this.acceptors.delete(port);
    for (const receiver of this.receivers) {
      if (receiver.port === port) this.receivers.delete(receiver);
    }
  }

  /** Take datagrams; `reply` goes back to the sender. */
  bind(
    port: number,
    receive: (
      message: { data: string; address: string; port: number },
      reply: (data: string) => void,
    ) => void,
    groups: string[] = [],
  ): void {
    const take: Receiver["receive"] = (message) =>
      receive(message, (data) => this.send(data, message.address, message.port, port));
    this.receivers.add({ port, groups, receive: take });
  }

  send(data: string, address: string, port: number, fromPort = port): void {
    this.network.wires.send(this, fromPort, { data, address, port });
  }

  /** Connect to a board; undefined when nobody listens there. */
  connect(address: string, port: number): HostConnection | undefined {
    const to = this.network.wires.route(this, address)?.to;
    const acceptor = to?.acceptors.get(port);
    if (!to || !acceptor || !this.network.wires.isJoined(this, to)) return undefined;
    this.network.follow(to);
    const stream = this.network.wires.connect(this, to, (far) => acceptor.accept(far));
    return new HostConnection(this, stream);
  }
}

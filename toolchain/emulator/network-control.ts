/** What a test sees of a board's network and can do to it: `emulator.network`. */
import type { Machine } from "./board/machine.ts";
import { HostLink } from "./board/network/host-link.ts";
import type { Stepped } from "./board/network/sim/in-step.ts";
import { SimulatedNetwork } from "./board/network/sim/simulated-network.ts";
import type { SocketInfo } from "./board/network/stack.ts";
import type { EmulatorOptions } from "./options.ts";

export type { SocketInfo };

/** How long a board with nothing to do waits for somebody to use a port that it opened on the host. */
const HOST_WAIT_MS = 10_000;

export class NetworkControl {
  private readonly machine: Machine;

  private hasHeard = false;

  constructor(machine: Machine, onHeard: () => void) {
    this.machine = machine;
    machine.hostOperations.onEvent = () => {
      this.hasHeard = true;
      onHeard();
    };
  }

  /** The board's address as a station; undefined while it has none. */
  get ip(): string | undefined {
    const { station } = this.machine.network.wifi;
    return station.isConnected && station.address.ip !== "0.0.0.0" ? station.address.ip : undefined;
  }

  /** Address of the board's radio, as other boards see it. */
  get mac(): string {
    return this.machine.network.wifi.mac();
  }

  /** False: the board's radio hears and reaches nobody. After some seconds it notices. */
  setLink(isUp: boolean): void {
    this.machine.network.wifi.station.setReach(isUp);
  }

  /** What is open now. */
  sockets(): SocketInfo[] {
    return this.machine.network.stack.list();
  }

  /** Payload bytes sent to others since the emulator was booted. */
  get sentBytes(): number {
    return this.machine.network.stack.sentBytes;
  }

  get receivedBytes(): number {
    return this.machine.network.stack.receivedBytes;
  }

  /** The port of this machine that leads to a port of the board; see NetworkPolicy.listen. */
  hostPort(port: number): number | undefined {
    const { link } = this.machine.network;
    return link instanceof HostLink ? link.hostPort(port) : undefined;
  }

  /** Did something come from the host since the last call? */
  takeHeard(): boolean {
    const { hasHeard } = this;
    this.hasHeard = false;
    return hasHeard;
  }

  /** Give the host a chance to use the board's open ports. `isIdle`: the board has nothing else to do. */
  hostTurn(isIdle: boolean): Promise<void> | undefined {
    const { link } = this.machine.network;
    if (!(link instanceof HostLink) || !link.isListening) return undefined;
    return new Promise((resolve) => {
      if (isIdle) setTimeout(resolve, HOST_WAIT_MS).unref();
      else setImmediate(resolve);
    });
  }
}

/** How the machine gets to its network. */
export function networkParts(network: EmulatorOptions["network"]) {
  return network instanceof SimulatedNetwork
    ? { link: (machine: Machine) => network.attach(machine) }
    : { network };
}

/** A board on a simulated network can be run in step with the others there. Returns how to take it out. */
export function joinInStep(
  network: EmulatorOptions["network"],
  machine: Machine,
  run: Stepped["run"],
): () => void {
  if (!(network instanceof SimulatedNetwork)) return () => {};
  const { clock } = machine;
  return network.join({
    nowMs: () => clock.trueMs,
    nextMs: () => {
      const waitUs = machine.hasInput ? 0 : machine.nextWakeUs() - clock.upUs;
      return clock.trueMs + Math.max(0, waitUs) / 1000 / clock.rate;
    },
    run,
  });
}

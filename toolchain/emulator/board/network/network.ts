/** All of a board that has to do with networks: the radio, the sockets below the program and those it sees, pipes. */
import type { Machine } from "../machine.ts";
import type { Link } from "../machine-options.ts";
import { Pipes } from "../pipes.ts";
import { HostLink } from "./host-link.ts";
import { Sockets } from "./sockets.ts";
import { Stack } from "./stack.ts";
import { Wifi } from "./wifi.ts";

export class Network {
  readonly wifi: Wifi;
  readonly stack: Stack;
  readonly sockets: Sockets;
  readonly pipes: Pipes;
  readonly link: Link;
  private hasRunEvents = false;

  constructor(machine: Machine) {
    this.link = machine.options.link?.(machine) ?? new HostLink(machine);
    this.wifi = new Wifi(machine, this.link);
    this.stack = new Stack(machine, this.link);
    this.sockets = new Sockets(machine, this.stack);
    this.pipes = new Pipes(machine);
  }

  /**
   * What the firmware does for sockets and pipes when it is idle. `hasRunCode`: the program may have changed its
   * sockets' properties. Returns whether anything happened.
   */
  serve(idleUs: number, hasRunCode: boolean): boolean {
    const isTouched = hasRunCode || this.hasRunEvents;
    this.hasRunEvents = false;
    const hasPassed = this.sockets.idle(idleUs, isTouched);
    return this.pipes.idle() || hasPassed;
  }

  /** Queued events ran after `serve`: the next turn looks at what they did. */
  noteEvents(): void {
    this.hasRunEvents = true;
  }
}

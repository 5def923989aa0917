/** A piece of network whose nodes reach each other by address: the wired side, or one board's own Wi-Fi. */
import type { AccessPoint } from "../radio.ts";
import type { Node } from "./medium.ts";

export class Segment {
  /** "192.168.1": the first three parts of its addresses. */
  readonly prefix: string;
  readonly members = new Map<string, Node>();
  /** The board whose network this is, and what it calls it. */
  owner: Node | undefined;
  accessPoint: AccessPoint | undefined;
  private readonly leases = new Map<Node, string>();
  private nextHost = 2;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** An address by DHCP; a node that comes back gets the one that it had. */
  lease(node: Node): string {
    const known = this.leases.get(node);
    if (known !== undefined && !this.members.has(known)) return known;
    while (this.members.has(`${this.prefix}.${this.nextHost}`)) this.nextHost++;
    const address = `${this.prefix}.${this.nextHost++}`;
    this.leases.set(node, address);
    return address;
  }

  remove(node: Node): void {
    for (const [address, member] of this.members) if (member === node) this.members.delete(address);
  }

  has(node: Node): boolean {
    for (const member of this.members.values()) if (member === node) return true;
    return false;
  }

  addressOf(node: Node): string | undefined {
    for (const [address, member] of this.members) if (member === node) return address;
    return undefined;
  }

  isBroadcast(address: string): boolean {
    return address === "255.255.255.255" || address === `${this.prefix}.255`;
  }
}

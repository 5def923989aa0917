/** Datagrams as they wait in a socket's send buffer: address, port and length as 8 bytes before the data. */
import type { Datagram } from "./carrier.ts";

/** An IPv4 address as four characters; one that cannot be read is 0.0.0.0. */
function packAddress(address: string): string {
  const parts = address.split(".").map(Number);
  return parts.length === 4 ? String.fromCharCode(...parts.map((part) => part & 255)) : "\0\0\0\0";
}

const pack16 = (value: number): string => String.fromCharCode(value & 255, (value >> 8) & 255);
const unpack16 = (text: string, at: number): number =>
  text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);

export const packDatagram = ({ data, address, port }: Datagram): string =>
  packAddress(address) + pack16(port) + pack16(data.length) + data;

export function unpackDatagram(packed: string): Datagram {
  const address = [...packed.slice(0, 4)].map((byte) => byte.charCodeAt(0)).join(".");
  return { data: packed.substr(8, unpack16(packed, 6)), address, port: unpack16(packed, 4) };
}

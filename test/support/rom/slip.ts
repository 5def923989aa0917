/** SLIP framing (RFC 1055), as the ESP32's serial bootloader speaks it. */
const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

export function frame(packet: Uint8Array): Buffer {
  const out = [END];
  for (const byte of packet) {
    if (byte === END) out.push(ESC, ESC_END);
    else if (byte === ESC) out.push(ESC, ESC_ESC);
    else out.push(byte);
  }
  return Buffer.from([...out, END]);
}

/** Feed it bytes; it calls back with each whole packet. */
export function unframer(onPacket: (packet: Buffer) => void): (bytes: Uint8Array) => void {
  let packet: number[] | undefined;
  let isEscaped = false;
  return (bytes) => {
    for (const byte of bytes) {
      if (byte === END) {
        if (packet && packet.length > 0) {
          onPacket(Buffer.from(packet));
          packet = undefined;
        } else packet = [];
      } else if (!packet) {
        // Noise between packets.
      } else if (isEscaped) {
        isEscaped = false;
        packet.push(byte === ESC_END ? END : ESC);
      } else if (byte === ESC) isEscaped = true;
      else packet.push(byte);
    }
  };
}

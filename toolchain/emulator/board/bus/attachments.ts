/**
 * What a test has connected to the board's buses and ports. It stays connected over resets and sleep, as wires do.
 */

/** A device on an I2C bus. */
export interface I2cDevice {
  /** Bytes written to it in one transfer. */
  write(bytes: Uint8Array): void;
  /** So many bytes are read from it; what it does not give reads as 255. */
  read(count: number): ArrayLike<number>;
}

/** A device on an SPI bus: for each byte sent to it, one comes back; what it does not give reads as 255. */
export interface SpiDevice {
  transfer(bytes: Uint8Array): ArrayLike<number>;
}

/** What listens at the other end of a serial port. */
export interface SerialDevice {
  receive(bytes: string): void;
}

interface SpiAttachment {
  device: SpiDevice;
  /** Active while this pin is low; always when there is none. */
  select: number | undefined;
}

export class Attachments {
  private readonly i2cDevices = new Map<string, I2cDevice>();
  private readonly spiDevices = new Map<string, Set<SpiAttachment>>();
  private readonly serialDevices = new Map<string, SerialDevice>();
  /** Ports as the running program has set them up. */
  private readonly receivers = new Map<string, (bytes: string) => void>();

  addI2c(bus: string, address: number, device: I2cDevice): () => void {
    const key = `${bus} ${address}`;
    this.i2cDevices.set(key, device);
    return () => this.i2cDevices.delete(key);
  }

  i2c(bus: string, address: number): I2cDevice | undefined {
    return this.i2cDevices.get(`${bus} ${address}`);
  }

  addSpi(bus: string, device: SpiDevice, select: number | undefined): () => void {
    const devices = this.spiDevices.get(bus) ?? new Set();
    const attachment = { device, select };
    this.spiDevices.set(bus, devices.add(attachment));
    return () => devices.delete(attachment);
  }

  /** The first device of the bus that is selected now. */
  spi(bus: string, isLow: (pin: number) => boolean): SpiDevice | undefined {
    const devices = [...(this.spiDevices.get(bus) ?? [])];
    return devices.find(({ select }) => select === undefined || isLow(select))?.device;
  }

  addSerial(port: string, device: SerialDevice): () => void {
    this.serialDevices.set(port, device);
    return () => this.serialDevices.delete(port);
  }

  serial(port: string): SerialDevice | undefined {
    return this.serialDevices.get(port);
  }

  /** The program listens at a port, in place of the one before. */
  listen(port: string, receive: (bytes: string) => void): void {
    this.receivers.set(port, receive);
  }

  /** Bytes from outside; nobody hears them at a port that was not set up. */
  send(port: string, bytes: string): void {
    this.receivers.get(port)?.(bytes);
  }
}

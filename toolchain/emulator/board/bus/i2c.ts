/** I2C1 and I2C2 as bus masters. Source: jswrap_spi_i2c.c, targets/esp32/jshardwareI2c.c (error texts). */
import type { Value } from "../../engine/engine.ts";
import { EspObject } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import type { Attachments, I2cDevice } from "./attachments.ts";
import { busClass, busObject, bytesOfAll, numberOption, padded, spendBits } from "./common.ts";

const DEFAULT_BITRATE = 50000;
/** ESP_ERR_INVALID_STATE: the driver was not installed. */
const NOT_SET_UP = 259;

export function installI2c(machine: Machine, attached: Attachments): void {
  busClass(machine, "I2C");
  for (const name of Object.keys(machine.board.i2c)) installBus(machine, attached, name);
}

function installBus(machine: Machine, attached: Attachments, name: string): void {
  const { engine } = machine;
  let bitrate: number | undefined;

  /** The device that answers there; each byte takes nine bits, the address one byte. */
  const select = (caller: string, address: Value, count: number): I2cDevice => {
    const number = engine.int(
      address instanceof EspObject ? engine.get(address, "address") : address,
    );
    if (bitrate === undefined) throw machine.error(`${caller}:, unknown error code ${NOT_SET_UP}`);
    const device = attached.i2c(name, number);
    spendBits(machine, ((device ? count : 0) + 1) * 9 + 2, bitrate);
    if (!device) throw machine.error(`${caller}: slave doesn't ACK the transfer`);
    return device;
  };
  const write = (address: Value, bytes: Uint8Array): undefined => {
    if (bytes.length > 0) select("jshI2CWrite", address, bytes.length).write(bytes);
    return undefined;
  };
  const read = (address: Value, quantity: Value): Value => {
    const count = engine.int(quantity);
    if (count <= 0) return undefined;
    const device = select("jshI2CRead", address, count);
    return engine.typedArray("Uint8Array", padded(device.read(count), count));
  };
  busObject(machine, "I2C", name, {
    setup: (_self, [options]) => {
      bitrate = numberOption(machine, options, "bitrate", DEFAULT_BITRATE);
      return undefined;
    },
    writeTo: (_self, [address, ...data]) => write(address, bytesOfAll(machine, data)),
    readFrom: (_self, [address, quantity]) => read(address, quantity),
    readReg: (_self, [address, register, quantity]) => {
      write(address, Uint8Array.of(engine.int(register)));
      return read(address, quantity);
    },
  });
}

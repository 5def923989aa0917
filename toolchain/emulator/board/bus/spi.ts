/** SPI1 and SPI2 as bus masters. Source: jswrap_spi_i2c.c, jsspi.c. */
import type { Value } from "../../engine/engine.ts";
import { EspPin, isString } from "../../engine/value.ts";
import { notModelled } from "../interactive.ts";
import { pinNumber } from "../io.ts";
import type { Machine } from "../machine.ts";
import type { Attachments } from "./attachments.ts";
import {
  busClass,
  busObject,
  bytesOfAll,
  nothingAttached,
  numberOption,
  padded,
  spendBits,
} from "./common.ts";

const DEFAULT_BAUD = 100000;
const MIN_BAUD = 100;

export function installSpi(machine: Machine, attached: Attachments): void {
  busClass(machine, "SPI");
  for (const name of Object.keys(machine.board.spi)) installBus(machine, attached, name);
}

function installBus(machine: Machine, attached: Attachments, name: string): void {
  const { engine, pins } = machine;
  let baud: number | undefined;

  const transfer = (bytes: Uint8Array, select: Value): Uint8Array => {
    if (baud === undefined) return notModelled(machine, `${name} before setup()`);
    const selectPin = select === undefined ? undefined : pinNumber(machine, select);
    if (selectPin !== undefined) pins.write(selectPin, false);
    const device = attached.spi(name, (pin) => !pins.isOn(pin));
    if (!device) return nothingAttached(machine, name);
    spendBits(machine, bytes.length * 8, baud);
    const answer = padded(device.transfer(bytes), bytes.length);
    if (selectPin !== undefined) pins.write(selectPin, true);
    return answer;
  };
  busObject(machine, "SPI", name, {
    setup: (_self, [options]) => {
      const wanted = numberOption(machine, options, "baud", DEFAULT_BAUD);
      if (wanted < MIN_BAUD) throw machine.error("Invalid SPI baud rate");
      baud = wanted;
      return undefined;
    },
    send: (_self, [data, select]) => {
      const answer = transfer(bytesOfAll(machine, [data]), select);
      if (isString(data)) return Buffer.from(answer).toString("latin1");
      return typeof data === "number" ? answer[0] : engine.typedArray("Uint8Array", answer);
    },
    write: (_self, args) => {
      const last = args.at(-1);
      const select = last instanceof EspPin ? last : undefined;
      transfer(bytesOfAll(machine, select ? args.slice(0, -1) : args), select);
      return undefined;
    },
    send4bit: () => notModelled(machine, `${name}.send4bit()`),
    send8bit: () => notModelled(machine, `${name}.send8bit()`),
  });
}

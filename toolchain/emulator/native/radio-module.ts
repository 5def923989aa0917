/**
 * `require("radio")` of the emulated extension: argument checks, conversion and callbacks around NativeRadio. Frames that
 * arrive while a program is busy wait; more than the firmware's queue holds are lost.
 */
import type { Engine, EspObject, Value } from "../engine/engine.ts";
import { badArgument, byteString, nativeLibrary, textOf, whole } from "./binding.ts";
import { NativeRadio, type NativeRadioOptions } from "./native-radio.ts";

/** Frames that wait for the program. */
const QUEUE_FRAMES = 16;
const ADDRESS = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

export interface RadioModuleOptions extends Omit<NativeRadioOptions, "onFrame"> {
  /** Run something as an event of the program, so many milliseconds of virtual time from now. */
  later: (delayMs: number, run: () => void) => void;
}

/** The module, and what a restart of the program does. */
export interface RadioModule {
  make(): EspObject;
  reset(): void;
}

export function radioModule(engine: Engine, options: RadioModuleOptions): RadioModule {
  let receiver: EspObject | undefined;
  let sending: EspObject | undefined;
  let waiting = 0;
  /** Changes when the radio is closed: what was under way then must not be told. */
  let opening = 0;

  const later = (delayMs: number, run: () => void) => {
    const asked = opening;
    options.later(delayMs, () => {
      if (asked === opening) run();
    });
  };

  const radio = new NativeRadio({
    ...options,
    onFrame: (from, data, rssiDbm, inMs) => {
      if (!receiver || waiting >= QUEUE_FRAMES) return;
      waiting++;
      later(inMs, () => {
        waiting--;
        if (receiver) engine.call(receiver, undefined, [from, textOf(data), rssiDbm]);
      });
    },
  });

  function keep(callback: EspObject | undefined, before: EspObject | undefined) {
    if (before) engine.roots.delete(before);
    if (callback) engine.roots.add(callback);
    return callback;
  }

  function close(): void {
    radio.close();
    opening++;
    waiting = 0;
    receiver = keep(undefined, receiver);
    sending = keep(undefined, sending);
  }

  function send(address: string, data: Uint8Array, done: EspObject): void {
    const { isDelivered, tookMs } = radio.send(address, data);
    sending = keep(done, sending);
    later(tookMs, () => {
      radio.sent();
      sending = keep(undefined, sending);
      engine.call(done, undefined, [isDelivered]);
    });
  }

  function addressOf(value: Value): string {
    const text = typeof value === "string" ? value.toLowerCase() : "";
    if (!ADDRESS.test(text))
      throw badArgument("RADIO", "an address is text like aa:bb:cc:dd:ee:ff");
    return text;
  }

  function functionOf(name: string, value: Value): EspObject {
    if (!engine.isFunction(value)) throw badArgument("RADIO", `${name} takes a function`);
    return value;
  }

  const bytes = (name: string, value: Value) => byteString(engine, "RADIO", name, value);

  const make = () =>
    nativeLibrary(engine, "radio", {
      open: ([channel]) => radio.open(whole("RADIO", "channel", channel)) as undefined,
      address: () => {
        radio.requireOpen();
        return options.address;
      },
      addPeer: ([address, key]) => {
        const peer = addressOf(address);
        const secret = key === undefined ? undefined : textOf(bytes("key", key));
        radio.addPeer(peer, secret);
        return undefined;
      },
      removePeer: ([address]) => radio.removePeer(addressOf(address)) as undefined,
      send: ([address, data, done]) => {
        send(addressOf(address), bytes("data", data), functionOf("send", done));
        return undefined;
      },
      onReceive: ([run]) => {
        const wanted = functionOf("onReceive", run);
        radio.requireOpen();
        receiver = keep(wanted, receiver);
        return undefined;
      },
      close: () => close() as undefined,
    });

  return { make, reset: close };
}

/**
 * The vault on the flash model: operations per second of flash time (programs and erases at the data sheet's typical times;
 * the computing is not in it), and write amplification: bytes programmed, and bytes erased, for each byte kept. Peer: the
 * same bytes written to Espruino's Storage, which is erased whenever it is full, on the same flash model.
 */
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { Flash } from "../../toolchain/emulator/board/flash.ts";
import { Store } from "../../toolchain/emulator/board/storage/store.ts";
import { NativeVault } from "../../toolchain/emulator/native/native-vault.ts";
import type { Figure } from "./run.ts";

const VAULT_BYTES = 2 << 20;
/** As large as a 2 MB vault's record log, so that both reclaim as often. */
const STORAGE_BYTES = 64 * 4096;
const STORAGE_ADDRESS = 0x320000;

interface Work {
  name: string;
  bytes: number;
  times: number;
  /** Not replaced: removed each time. */
  isDropped: boolean;
  inVault(vault: NativeVault, data: Uint8Array, i: number): void;
}

const WORKS: Work[] = [
  {
    name: "cell of 64 bytes replaced",
    bytes: 64,
    times: 3000,
    isDropped: false,
    inVault: (vault, data) => vault.write(Buffer.from("config"), data),
  },
  {
    name: "record of 200 bytes appended and acknowledged",
    bytes: 200,
    times: 3000,
    isDropped: true,
    inVault: (vault, data) => void vault.acknowledge(vault.append(1, 8, data)),
  },
  {
    name: "picture of 20 000 bytes kept and dropped",
    bytes: 20_000,
    times: 300,
    isDropped: true,
    inVault: (vault, data) => void vault.dropBlob(vault.putBlob(8, Buffer.from("note"), data)),
  },
];

interface Cost {
  perSecond: number;
  programmed: number;
  erased: number;
}

export async function figures(): Promise<Figure[]> {
  const thicket = loadThicket();
  return WORKS.flatMap((work) => {
    const vaultFlash = new Flash(0, VAULT_BYTES);
    const vault = new NativeVault(thicket, {
      bytes: VAULT_BYTES,
      read: (address, length) => vaultFlash.read(address, length),
      program: (address, data) => vaultFlash.program(address, data),
      erasePage: (address) => vaultFlash.erasePage(address),
    });
    vault.open();
    const ours = cost(vaultFlash, work, (data, i) => work.inVault(vault, data, i));
    vault.end();
    const storageFlash = new Flash(STORAGE_ADDRESS, STORAGE_BYTES);
    const store = new Store(storageFlash, () => {});
    const peer = cost(storageFlash, work, (data) => {
      // The cheapest way to reclaim, since nothing else lies there: erase everything.
      if (store.layout.stats().freeBytes < data.length + 64) store.eraseAll();
      store.write("file", data);
      if (work.isDropped) store.erase("file");
    });
    const name = (what: string) => `vault ${work.name}, ${what}`;
    const beside = (what: string, unit: string, mine: number, ratio: number) => ({
      ...{ name: name(what), value: Math.round(mine * 100) / 100, unit },
      ...{ vs: "Espruino's Storage", ratio: Math.round(ratio * 100) / 100 },
    });
    return [
      beside("flash time", "per s", ours.perSecond, ours.perSecond / peer.perSecond),
      beside("programmed", "bytes per byte", ours.programmed, peer.programmed / ours.programmed),
      beside("erased", "bytes per byte", ours.erased, peer.erased / ours.erased),
    ];
  });
}

function cost(flash: Flash, work: Work, run: (data: Uint8Array, i: number) => void): Cost {
  let busyUs = 0;
  flash.onBusy = (microseconds) => {
    busyUs += microseconds;
  };
  const before = { ...flash.counts };
  for (let i = 0; i < work.times; i++) run(new Uint8Array(work.bytes).fill(1 + (i % 250)), i);
  const kept = work.bytes * work.times;
  return {
    perSecond: work.times / (busyUs / 1e6),
    programmed: (flash.counts.bytesProgrammed - before.bytesProgrammed) / kept,
    erased: ((flash.counts.erases - before.erases) * 4096) / kept,
  };
}

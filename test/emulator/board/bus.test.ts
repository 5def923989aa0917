/** Buses, ports and pulse-width modulation, with devices that a test attaches; and the boards as data. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { BOARDS } from "../../../toolchain/emulator/board/boards.ts";
import { Emulator } from "../../../toolchain/emulator/emulator.ts";

/** A device with registers: the first byte written chooses one, the rest go there and on. */
function registers(bytes: Uint8Array) {
  let at = 0;
  return {
    write(data: Uint8Array) {
      at = data[0] ?? 0;
      bytes.set(data.subarray(1), at);
      at += data.length - 1;
    },
    read: (count: number) => bytes.subarray(at, at + count),
  };
}

test("I2C reads and writes the registers of an attached device", () => {
  const emulator = Emulator.boot();
  const memory = Uint8Array.of(0, 0x58, 3, 4);
  emulator.attach.i2c("I2C1", 0x76, registers(memory));
  emulator.evaluate("(I2C1.setup({scl:D9,sda:D8,bitrate:100000}),1)");
  assert.equal(emulator.evaluate("I2C1.readReg(0x76,1,2)"), [0x58, 3]);
  emulator.evaluate("(I2C1.writeTo(0x76,2,[7,8]),1)");
  assert.equal([...memory], [0, 0x58, 7, 8]);
  assert.equal(
    emulator.evaluate("(I2C1.writeTo({address:0x76,stop:false},3),I2C1.readFrom(0x76,3))"),
    [8, 255, 255],
  );
});

test("I2C takes the time of its bits, and fails as the chip does", () => {
  const emulator = Emulator.boot();
  assert.throws(() => emulator.evaluate("I2C1.writeTo(1,2)"), /jshI2CWrite:, unknown error code/);
  emulator.evaluate("(I2C1.setup({bitrate:1000}),1)");
  assert.throws(
    () => emulator.evaluate("I2C1.readFrom(5,1)"),
    /jshI2CRead: slave doesn't ACK the transfer/,
  );
  const detach = emulator.attach.i2c("I2C1", 5, { write() {}, read: () => [] });
  const { nowMs } = emulator;
  emulator.evaluate("(I2C1.writeTo(5,'0123456789'),1)");
  assert.ok(emulator.nowMs - nowMs >= 100);
  detach();
  assert.throws(() => emulator.evaluate("I2C1.writeTo(5,1)"), /ACK/);
  assert.throws(() => emulator.attach.i2c("I2C9", 5, { write() {}, read: () => [] }), /no I2C9/);
});

test("SPI exchanges bytes with the device whose select pin is low", () => {
  const emulator = Emulator.boot();
  const plusOne = { transfer: (bytes: Uint8Array) => bytes.map((byte) => byte + 1) };
  emulator.attach.spi("SPI1", plusOne, "D10");
  emulator.evaluate("(D10.set(),SPI1.setup({sck:D12,miso:D13,mosi:D11,baud:1000000}),1)");
  assert.is(emulator.evaluate("SPI1.send(4,D10)"), 5);
  assert.is(emulator.evaluate("SPI1.send('AB',D10)"), "BC");
  assert.equal(emulator.evaluate("SPI1.send([1,2],D10)"), [2, 3]);
  assert.is(emulator.evaluate("D10.getInfo().output"), 1);
  assert.throws(() => emulator.evaluate("SPI1.send(4)"), /SPI1: nothing is attached to it/);
  assert.throws(() => emulator.evaluate("SPI2.send(4)"), /SPI2 before setup\(\) is not modelled/);
  assert.equal(emulator.missing, ["SPI1", "SPI2 before setup()"]);
});

test("a serial port talks to what is attached, at its pace, also after a restart", async () => {
  const emulator = Emulator.boot({
    files: {
      ".bootcde":
        "var heard='';Serial2.setup(9600,{tx:D17,rx:D18});Serial2.on('data',d=>{heard+=d;if(heard.endsWith('\\n'))Serial2.print('ok '+heard)})",
    },
  });
  let received = "";
  const gps = emulator.attach.serial("Serial2", {
    receive: (bytes) => {
      received += bytes;
    },
  });
  gps.send("$GPRMC\n");
  await emulator.run({ ms: 5 });
  assert.is(received, "");
  await emulator.run({ ms: 5 });
  assert.is(received, "ok $GPRMC\n");
  emulator.powerCycle();
  gps.send("again\n");
  await emulator.run({ ms: 20 });
  assert.is(received, "ok $GPRMC\nok again\n");
  gps.detach();
  assert.throws(() => emulator.evaluate("Serial2.write(1)"), /Serial2: nothing is attached/);
});

test("the console's port writes to the console", async () => {
  let heard = "";
  const emulator = Emulator.boot({ onConsole: (bytes) => (heard += bytes) });
  heard = "";
  emulator.evaluate("(Serial1.write(1,'a',[66]),Serial1.println('x'),1)");
  assert.is(heard, "\x01aBx\r\n");
  assert.throws(() => emulator.attach.serial("Serial1", { receive() {} }), /is the console/);
});

test("analogWrite shows its duty until the pin is written otherwise", () => {
  const emulator = Emulator.boot();
  emulator.evaluate("(analogWrite(D5,0.25),analogWrite(D6,2,{freq:1000}),1)");
  assert.equal(emulator.pins.pwm("D5"), { duty: 0.25, frequencyHz: 5000 });
  assert.equal(emulator.pins.pwm("D6"), { duty: 1, frequencyHz: 1000 });
  emulator.evaluate("(digitalWrite(D5,1),1)");
  assert.is(emulator.pins.pwm("D5"), undefined);
  const all = "[7,8,9,10,11,12,13].forEach(p=>analogWrite(p,0.5))";
  emulator.evaluate(`(${all},1)`);
  assert.throws(() => emulator.evaluate("analogWrite(D14,0.5)"), /PWM on a ninth pin/);
});

test("software buses and ports throw by name", () => {
  const emulator = Emulator.boot();
  for (const name of ["I2C", "SPI", "Serial"]) {
    assert.throws(() => emulator.evaluate(`new ${name}()`), `new ${name}() is not modelled`);
  }
});

test("a pulse that a restart overtakes does not touch the pin", async () => {
  const emulator = Emulator.boot();
  emulator.evaluate("(digitalPulse(D5,1,[10,10]),ESP32.reboot())");
  await emulator.run({ ms: 50 });
  assert.is(emulator.evaluate("D5.getMode()"), "input");
});

test("boards differ as their files say", async () => {
  for (const board of Object.values(BOARDS)) {
    const emulator = Emulator.boot({ board: board.name });
    assert.is(emulator.evaluate("process.env.BOARD"), board.id);
    assert.is(emulator.memory.total, board.layout.variables);
    assert.is(emulator.evaluate(`typeof D${board.pinCount - 1}`), "number");
    assert.is(emulator.evaluate(`typeof D${board.pinCount}`), "undefined");
    const storage = board.partitions.find(({ name }) => name === "storage");
    assert.equal([storage?.address, storage?.bytes], [board.storageAddress, board.storageBytes]);
    let end = 0;
    for (const { address, bytes } of board.partitions) {
      assert.ok(address >= end);
      end = address + bytes;
    }
    assert.ok(end <= board.flashBytes);
  }
  assert.equal(
    Object.values(BOARDS).map(({ layout }) => layout.variables),
    [16383, 16383, 4095],
  );
});

test("the profile tells who spent the operations, by stage", async () => {
  const emulator = Emulator.boot();
  emulator.evaluate(
    "(setInterval(()=>{for(var i=0;i<100;i++);},100),setWatch(()=>{for(var i=0;i<3000;i++);},D4,{repeat:true}),1)",
  );
  emulator.profile.start();
  await emulator.run({ ms: 1050 });
  emulator.profile.stage("motion");
  emulator.pins.drive("D4", 1);
  await emulator.run({ ms: 10 });
  const [watch, timer] = emulator.profile.report();
  assert.equal([watch?.kind, watch?.stage, watch?.calls], ["watch", "motion", 1]);
  assert.equal([timer?.kind, timer?.stage, timer?.calls], ["timer", "", 10]);
  assert.ok((watch?.operations ?? 0) > 3000);
  assert.ok((timer?.maxOperations ?? 0) * 10 >= (timer?.operations ?? 0));
  assert.ok(Math.abs((watch?.estimatedMs ?? 0) - (watch?.operations ?? 0) / 15) < 1e-6);
});

test.run();

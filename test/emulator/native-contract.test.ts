/**
 * The contract of every native module, by name: open, close, use after close, bad argument; errors begin with
 * MODULE_CODE. A table of programs that run on the emulator and, with THICKET_ESPRUINO_NATIVE, on the real interpreter
 * with the extension's wrappers. What the modules do is tested elsewhere.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nativeInterpreters } from "../support/native-interpreters.ts";
import { skip } from "../support/skip.ts";

interface Row {
  name: string;
  /** Before the calls. Nothing of it may throw. */
  setup?: string;
  /** [call, how the message begins]; "nothing" when the call must not throw. In this order, in one program. */
  calls: [call: string, begins: string][];
}

/** A real board's Linux build has no second firmware: every call says so. */
const NO_PARTITIONS = "FIRMWARE_PARTITION: ";

const CAMERA: Row[] = [
  {
    name: "camera: open, twice open, close, use after close",
    calls: [
      ["camera.capture(print)", "CAMERA_CLOSED: "],
      ["camera.jpeg(1,50)", "CAMERA_CLOSED: "],
      ["camera.open({width:320,height:240})", "nothing"],
      ["camera.open({width:320,height:240})", "CAMERA_BUSY: "],
      ["camera.release(1)", "CAMERA_HANDLE: "],
      ["camera.jpeg(99,50)", "CAMERA_HANDLE: "],
      ["camera.close()", "nothing"],
      ["camera.close()", "nothing"],
      ["camera.capture(print)", "CAMERA_CLOSED: "],
      ["camera.release(1)", "CAMERA_CLOSED: "],
      ["camera.open({width:160,height:120})", "nothing"],
    ],
  },
  {
    name: "camera: bad arguments",
    calls: [
      ["camera.open()", "CAMERA_ARGUMENT: "],
      ["camera.open({width:'640',height:480})", "CAMERA_ARGUMENT: "],
      ["camera.open({width:640.5,height:480})", "CAMERA_ARGUMENT: "],
      ["camera.open({width:0,height:480})", "CAMERA_SHAPE: "],
      ["camera.open({width:5000,height:480})", "CAMERA_SHAPE: "],
      ["camera.open({width:320,height:240})", "nothing"],
      ["camera.capture(5)", "CAMERA_ARGUMENT: "],
      ["camera.release('x')", "CAMERA_ARGUMENT: "],
    ],
  },
  {
    name: "vision: use without a frame, bad arguments",
    calls: [
      ["vision.reset()", "nothing"],
      ["vision.motion(7)", "VISION_HANDLE: "],
      ["vision.learn(7)", "VISION_HANDLE: "],
      ["vision.motion('x')", "VISION_ARGUMENT: "],
      ["vision.learn()", "VISION_ARGUMENT: "],
      ["vision.crop(1,2,3,4,5,'x')", "VISION_ARGUMENT: "],
      ["vision.crop(7,0,0,0,0,0)", "MODEL_CLOSED: "],
    ],
  },
  {
    name: "model: open, twice open, close, use after close, bad arguments",
    setup: 'var file=require("Storage").read("model.tflite");',
    calls: [
      ["model.invoke()", "MODEL_CLOSED: "],
      ["model.open()", "MODEL_ARGUMENT: "],
      ["model.open(5)", "MODEL_ARGUMENT: "],
      ["model.open('not a model')", "MODEL_FORMAT: "],
      ["model.open(file)", "nothing"],
      ["model.open(file)", "MODEL_BUSY: "],
      ["model.invoke()", "MODEL_NO_INPUT: "],
      ["model.close()", "nothing"],
      ["model.close()", "nothing"],
      ["model.invoke()", "MODEL_CLOSED: "],
      ["model.open(file)", "nothing"],
    ],
  },
];

const VAULT: Row[] = [
  {
    name: "vault: open, open again, close, use after close",
    // The boot guard has opened it.
    setup: "vault.close();",
    calls: [
      ["vault.read('a')", "VAULT_CLOSED: "],
      ["vault.append(0,0,'x')", "VAULT_CLOSED: "],
      ["vault.slot('app',0)", "VAULT_CLOSED: "],
      ["vault.open()", "nothing"],
      ["vault.open()", "nothing"],
      ["vault.write('a','text')", "nothing"],
      ["vault.close()", "nothing"],
      ["vault.close()", "nothing"],
      ["vault.read('a')", "VAULT_CLOSED: "],
      ["vault.putBlob(1,'','x')", "VAULT_CLOSED: "],
    ],
  },
  {
    name: "vault: what lies in flash is good until that part is written, a copy for ever",
    setup: [
      "vault.open();",
      "var key=vault.append(0,1,'record'),read=vault.record(key),part=read.substr(2),copy=''+part;",
      "var id=vault.putBlob(1,'note','picture'),seen=vault.blob(id),note=vault.blobNote(id);",
      "function expect(what) { if (!what) throw new Error('CONTRACT'); }",
    ].join(""),
    calls: [
      ["expect(read==='record' && part==='cord' && seen==='picture')", "nothing"],
      ["vault.write('cell','text')", "nothing"],
      ["expect(read==='record' && seen==='picture')", "nothing"],
      ["vault.append(0,1,'another')", "nothing"],
      ["expect(!read && !part && copy==='cord' && seen==='picture')", "nothing"],
      ["expect(vault.record(key)==='record')", "nothing"],
      ["vault.putBlob(1,'note','another')", "nothing"],
      ["expect(!seen && note==='note' && vault.blob(id)==='picture')", "nothing"],
    ],
  },
  {
    name: "vault: bad arguments",
    setup: 'vault.open(); var long=""; for (var i=0;i<1100;i++) long+="x";',
    calls: [
      ["vault.read(5)", "VAULT_ARGUMENT: "],
      ["vault.write('a')", "VAULT_ARGUMENT: "],
      ["vault.write('','x')", "VAULT_NAME: "],
      ["vault.write('a name of many letters','x')", "VAULT_NAME: "],
      ["vault.write('a',long)", "VAULT_SIZE: "],
      ["vault.append('0',0,'x')", "VAULT_ARGUMENT: "],
      ["vault.append(9,0,'x')", "VAULT_ARGUMENT: "],
      ["vault.begin('other',0)", "VAULT_ARGUMENT: "],
      ["vault.begin('app',2)", "VAULT_ARGUMENT: "],
      ["vault.confirm('app',0)", "VAULT_STATE: "],
    ],
  },
];

const PATCH: Row[] = [
  {
    name: "vault: patch before begin, without a base, with bad arguments, with a state that is none",
    setup: 'vault.open(); var zeroes=""; for (var i=0;i<40;i++) zeroes+="\\0";',
    calls: [
      ["vault.patch('other',1,'','x')", "VAULT_ARGUMENT: "],
      ["vault.patch('model',2,'','x')", "VAULT_ARGUMENT: "],
      ["vault.patch('model',1,5,'x')", "VAULT_ARGUMENT: "],
      ["vault.patch('model',1,'')", "VAULT_ARGUMENT: "],
      ["vault.patch('model',1,'short','x')", "PATCH_STATE: "],
      ["vault.patch('model',1,zeroes,'x')", "PATCH_STATE: "],
      ["vault.patch('model',1,'','\\x01')", "PATCH_BASE: "],
      ["vault.patchOffset()", "VAULT_ARGUMENT: "],
      ["vault.patchOffset('short')", "PATCH_STATE: "],
      ["vault.patchOffset('')", "nothing"],
    ],
  },
  {
    name: "vault: patch takes pieces of any size and refuses what leads outside, with nothing lost",
    setup: `vault.open(); var base="0123456789", sum=crypto.sha256(base), state="";
      vault.begin("model",0); vault.writeSlot("model",0,0,base); vault.stage("model",0,10,1,sum);
      vault.switchTo("model",0); vault.confirm("model",0); vault.begin("model",1);`,
    calls: [
      ["vault.patch('model',1,'','\\x02')", "PATCH_FORMAT: "],
      ["vault.patch('model',1,'','\\x01\\0')", "PATCH_SIZE: "],
      ["vault.patch('model',0,'','\\x01')", "VAULT_STATE: "],
      ["state=vault.patch('model',1,state,'\\x01\\x0c\\x13')", "nothing"],
      ["vault.patch('model',1,state,'a\\x4b\\0')", "PATCH_BOUNDS: "],
      ["state=vault.patch('model',1,state,'')", "nothing"],
      ["state=vault.patch('model',1,state,'a\\xc8\\x03')", "nothing"],
      ["if (''+vault.patchOffset(state)!='6,12') throw Error(vault.patchOffset(state))", "nothing"],
      ["vault.patch('model',1,state,'x')", "PATCH_LENGTH: "],
      ["vault.stage('model',1,12,2,crypto.sha256('a123a123a123'))", "nothing"],
    ],
  },
];

const KEY = "sixteen bytes!!!sixteen bytes!!!";
const CRYPTO: Row[] = [
  {
    name: "crypto: bad arguments",
    setup: `var key="${KEY}", nonce="twelve bytes", pair=crypto.keyPair(), odd="\\x05"+pair.publicKey.substr(1);`,
    calls: [
      ["crypto.sha256()", "CRYPTO_ARGUMENT: "],
      ["crypto.sha256(5)", "CRYPTO_ARGUMENT: "],
      ["crypto.hmac('k')", "CRYPTO_ARGUMENT: "],
      ["crypto.hkdf('s','','',0)", "CRYPTO_SIZE: "],
      ["crypto.hkdf('s','','',8161)", "CRYPTO_SIZE: "],
      ["crypto.hkdf('s','','','32')", "CRYPTO_ARGUMENT: "],
      ["crypto.seal('short',nonce,'x','')", "CRYPTO_KEY: "],
      ["crypto.seal(key,'short','x','')", "CRYPTO_SIZE: "],
      ["crypto.seal(key,nonce,'x')", "CRYPTO_ARGUMENT: "],
      ["crypto.open(key,nonce,'short','')", "CRYPTO_AUTH: "],
      ["crypto.open(key,nonce,'not sealed by anybody here','')", "CRYPTO_AUTH: "],
      ["crypto.sign('short','x')", "CRYPTO_KEY: "],
      [
        "crypto.sign('\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0','x')",
        "CRYPTO_KEY: ",
      ],
      ["crypto.verify('short','x','y')", "CRYPTO_KEY: "],
      ["crypto.verify(odd,'x',pair.publicKey.substr(1))", "CRYPTO_KEY: "],
      ["crypto.verify(pair.publicKey,'x','y')", "nothing"],
      ["crypto.ecdh(pair.privateKey,odd)", "CRYPTO_KEY: "],
      ["crypto.ecdh(pair.privateKey,pair.privateKey)", "CRYPTO_KEY: "],
      ["crypto.random(0)", "CRYPTO_SIZE: "],
      ["crypto.random(1025)", "CRYPTO_SIZE: "],
      ["crypto.random('8')", "CRYPTO_ARGUMENT: "],
    ],
  },
];

const PEER = "'02:00:00:00:00:09'";
const RADIO: Row[] = [
  {
    name: "radio: open, twice open, close, use after close",
    calls: [
      ["radio.address()", "RADIO_CLOSED: "],
      [`radio.addPeer(${PEER})`, "RADIO_CLOSED: "],
      ["radio.onReceive(print)", "RADIO_CLOSED: "],
      ["radio.open(6)", "nothing"],
      ["radio.open(6)", "RADIO_BUSY: "],
      [`radio.addPeer(${PEER})`, "nothing"],
      ["radio.onReceive(print)", "nothing"],
      ["radio.close()", "nothing"],
      ["radio.close()", "nothing"],
      [`radio.send(${PEER},'x',print)`, "RADIO_CLOSED: "],
      ["radio.open(6)", "nothing"],
      [`radio.send(${PEER},'x',print)`, "RADIO_PEER: "],
    ],
  },
  {
    name: "radio: bad arguments",
    setup: 'var long=""; for (var i=0;i<251;i++) long+="x";',
    calls: [
      ["radio.open()", "RADIO_ARGUMENT: "],
      ["radio.open(0)", "RADIO_ARGUMENT: "],
      ["radio.open(15)", "RADIO_ARGUMENT: "],
      ["radio.open(1)", "nothing"],
      ["radio.addPeer('nobody')", "RADIO_ARGUMENT: "],
      ["radio.addPeer(5)", "RADIO_ARGUMENT: "],
      [`radio.addPeer(${PEER},'short')`, "RADIO_ARGUMENT: "],
      [`radio.addPeer('ff:ff:ff:ff:ff:ff','${KEY.slice(0, 16)}')`, "RADIO_ARGUMENT: "],
      [`radio.removePeer(${PEER})`, "RADIO_PEER: "],
      [`radio.addPeer(${PEER})`, "nothing"],
      [`radio.send(${PEER},'',print)`, "RADIO_SIZE: "],
      [`radio.send(${PEER},long,print)`, "RADIO_SIZE: "],
      [`radio.send(${PEER},'x')`, "RADIO_ARGUMENT: "],
      ["radio.onReceive(5)", "RADIO_ARGUMENT: "],
    ],
  },
];

const FIRMWARE: Row[] = [
  {
    name: "firmware: begin, begin again, abort, use after abort, bad arguments",
    calls: [
      ["firmware.info()", "nothing"],
      ["firmware.write('x')", "FIRMWARE_STATE: "],
      ["firmware.begin('5')", "FIRMWARE_ARGUMENT: "],
      ["firmware.begin(0)", "FIRMWARE_SIZE: "],
      ["firmware.begin(5)", "nothing"],
      ["firmware.begin(5)", "FIRMWARE_STATE: "],
      ["firmware.write(5)", "FIRMWARE_ARGUMENT: "],
      ["firmware.write('x')", "FIRMWARE_IMAGE: "],
      ["firmware.end('short')", "FIRMWARE_ARGUMENT: "],
      ["firmware.activate()", "FIRMWARE_STATE: "],
      ["firmware.abort()", "nothing"],
      ["firmware.abort()", "nothing"],
      ["firmware.write('x')", "FIRMWARE_STATE: "],
      ["firmware.confirm()", "nothing"],
      ["firmware.rollback()", "FIRMWARE_ROLLBACK: "],
    ],
  },
];

const MODULES = ["camera", "vision", "model", "vault", "crypto", "radio", "firmware"];
const requires = `var ${MODULES.map((name) => `${name}=require("${name}")`).join()};\n`;

for (const { name: interpreter, run } of nativeInterpreters) {
  for (const row of [...CAMERA, ...VAULT, ...PATCH, ...CRYPTO, ...RADIO, ...FIRMWARE]) {
    test(`${row.name} (${interpreter})`, async () => {
      const lines = row.calls.map(([call], i) => `results.r${i}=tried(function(){${call};});`);
      const results = await run(`${requires}${row.setup ?? ""}\n${lines.join("\n")}\ndone();`);
      if (String(results.r0).startsWith(NO_PARTITIONS) && interpreter !== "emulator") {
        return skip(`${row.name}: the ${interpreter} of this machine has no firmware partitions`);
      }
      row.calls.forEach(([call, begins], i) => {
        const found = String(results[`r${i}`]);
        assert.ok(found.startsWith(begins), `${call}: "${found}", not "${begins}"`);
      });
    });
  }
}

test("the real interpreter is there", () => {
  if (nativeInterpreters.length === 1) skip("real interpreter: THICKET_ESPRUINO_NATIVE is not set");
});

test("every module of the contract has a row", () => {
  const rows = [...CAMERA, ...VAULT, ...PATCH, ...CRYPTO, ...RADIO, ...FIRMWARE];
  for (const module of MODULES)
    assert.ok(
      rows.some(({ name }) => name.startsWith(`${module}: `)),
      module,
    );
});

test.run();

/**
 * The contract of require("camera"), require("vision") and require("model"), by name: open, close, use after close, bad
 * argument. Runs as programs on the emulated interpreter.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator } from "../../../toolchain/emulator/emulator.ts";
import { type FrameSource, toRgb565 } from "../../../toolchain/emulator/native/frame-source.ts";
import { EMBEDDING_MODEL } from "../../support/model-builder.ts";
import { ROOT } from "../../support/skip.ts";

const MODEL = readFileSync(join(ROOT, "device/model/thicket_96_int8.tflite"));

/** A grey scene with, at odd seconds, a dark thing at the same place. */
const scene = (size = { width: 320, height: 240 }): FrameSource => ({
  next: async (nowMs, limit) => {
    const width = Math.min(size.width, limit.width);
    const height = Math.min(size.height, limit.height);
    const rgb = new Uint8Array(width * height * 3).fill(150);
    if (Math.floor(nowMs / 1000) % 2 === 1)
      for (let y = 100; y < 160; y++) rgb.fill(30, 3 * (y * width + 80), 3 * (y * width + 140));
    return { width, height, rgb565: toRgb565(rgb, width * height) };
  },
});

const HELPERS = `
var camera=require("camera"), vision=require("vision"), model=require("model"), results={};
function tried(f){try{f();return "nothing";}catch(e){return e.message||e;}}
`;

/** Run a program for a while and read its global \`results\`. */
async function run(program: string, source: FrameSource = scene(), ms = 3000, model = MODEL) {
  let heard = "";
  const emulator = Emulator.boot({
    startMs: Date.UTC(2026, 5, 1, 12),
    camera: source,
    files: { ".bootcde": HELPERS + program, "model.tflite": model },
    onConsole: (bytes) => {
      heard += bytes;
    },
  });
  await emulator.run({ ms });
  heard = "";
  emulator.console.write('\x10print("<<<"+JSON.stringify(results)+">>>")\n');
  await emulator.idle();
  const found = heard.match(/<<<(.*)>>>/s)?.[1];
  assert.ok(found, heard);
  return { results: JSON.parse(found), emulator };
}

/** Assert that each result begins with its code name. */
function begins(results: Record<string, string>, wanted: Record<string, string>): void {
  for (const [key, code] of Object.entries(wanted))
    assert.ok(results[key]?.startsWith(code), `${key}: ${results[key]}, not ${code}`);
}

test("camera: opens, captures three frames at once, and has no fourth buffer", async () => {
  const { results } = await run(`
    results.got=[];
    camera.open({width:640,height:480});
    for (var i=0;i<4;i++) camera.capture(function(h,w,ht,p){results.got.push([h>0,w,ht,p]);});`);
  const good = [true, 320, 240, ""];
  assert.equal(results.got, [good, good, good, [false, 0, 0, "CAMERA_NO_BUFFER"]]);
});

test("camera: a released frame makes room, and its handle is dead", async () => {
  const { results } = await run(`
    camera.open({width:320,height:240});
    camera.capture(function(h){
      camera.release(h);
      results.again=tried(function(){camera.release(h);});
      results.jpeg=tried(function(){camera.jpeg(h,70);});
      results.motion=tried(function(){vision.motion(h);});
      results.learn=tried(function(){vision.learn(h);});
      camera.capture(function(h2){results.isNew=h2>0&&h2!==h;});
    });`);
  begins(results, {
    again: "CAMERA_HANDLE: ",
    jpeg: "CAMERA_HANDLE: ",
    motion: "VISION_HANDLE: ",
    learn: "VISION_HANDLE: ",
  });
  assert.is(results.isNew, true);
});

test("camera: use before open, after close, and twice open say so", async () => {
  const { results } = await run(`
    results.early=tried(function(){camera.capture(function(){});});
    camera.open({width:320,height:240});
    results.twice=tried(function(){camera.open({width:320,height:240});});
    camera.capture(function(h,w,ht,p){results.pending=[h,p];});
    camera.close(); camera.close();
    results.late=tried(function(){camera.capture(function(){});});
    results.release=tried(function(){camera.release(1);});
    results.jpeg=tried(function(){camera.jpeg(1,50);});
    camera.open({width:160,height:120});
    camera.capture(function(h,w,ht,p){results.size=[w,ht,p];});`);
  begins(results, {
    early: "CAMERA_CLOSED: ",
    twice: "CAMERA_BUSY: ",
    late: "CAMERA_CLOSED: ",
    release: "CAMERA_CLOSED: ",
    jpeg: "CAMERA_CLOSED: ",
  });
  assert.equal(results.pending, [0, "CAMERA_CLOSED"]);
  assert.equal(results.size, [160, 120, ""]);
});

test("camera: bad arguments are named", async () => {
  const { results } = await run(`
    results.none=tried(function(){camera.open();});
    results.text=tried(function(){camera.open({width:"640",height:480});});
    results.zero=tried(function(){camera.open({width:0,height:480});});
    results.huge=tried(function(){camera.open({width:5000,height:480});});
    camera.open({width:320,height:240});
    results.callback=tried(function(){camera.capture(5);});
    results.handle=tried(function(){camera.release("x");});
    results.never=tried(function(){camera.release(99);});
    camera.capture(function(h){results.quality=tried(function(){camera.jpeg(h,0);});});`);
  begins(results, {
    none: "CAMERA_ARGUMENT: width",
    text: "CAMERA_ARGUMENT: width",
    zero: "CAMERA_SHAPE: ",
    huge: "CAMERA_SHAPE: ",
    callback: "CAMERA_ARGUMENT: ",
    handle: "CAMERA_ARGUMENT: handle",
    never: "CAMERA_HANDLE: ",
    quality: "CAMERA_ARGUMENT: ",
  });
});

test("camera: a scene that cannot be shown fails the capture, not the program", async () => {
  const source: FrameSource = { next: () => Promise.reject(new Error("no light")) };
  const { results } = await run(
    `camera.open({width:320,height:240});
     camera.capture(function(h,w,ht,p){results.answer=[h,w,ht,p];});`,
    source,
  );
  assert.equal(results.answer, [0, 0, 0, "CAMERA_NO_FRAME"]);
});

test("camera: jpeg gives a native string that a decoder reads", async () => {
  const { results, emulator } = await run(`
    var kept;
    camera.open({width:640,height:480});
    camera.capture(function(h){
      kept=camera.jpeg(h,80);
      results.head=[kept.charCodeAt(0),kept.charCodeAt(1)];
      results.vars=E.getSizeOf(kept);
      results.length=kept.length;
    });`);
  assert.equal(results.head, [255, 216]);
  assert.is(results.vars, 1);
  const kept = emulator.readGlobal("kept") as { bytes: string; kind: string };
  assert.is(kept.kind, "native");
  const { width, height, format } = await sharp(Buffer.from(kept.bytes, "latin1")).metadata();
  assert.equal([width, height, format], [320, 240, "jpeg"]);
});

test("vision: finds what moved after learning the background, and forgets on reset", async () => {
  const { results } = await run(
    `camera.open({width:320,height:240});
     camera.capture(function(h){
       results.before=vision.motion(h); vision.learn(h); results.still=vision.motion(h); camera.release(h);
       setTimeout(function(){camera.capture(function(h){
         results.moved=vision.motion(h); results.regions=vision.regions(); vision.follow(0);
         vision.motion(h); vision.follow(500); results.tracks=vision.tracks(); results.statistics=vision.statistics(h);
         results.bad=tried(function(){vision.follow(-1);}); results.gone=tried(function(){vision.statistics(h+1);});
         vision.reset(); results.none=[vision.regions(),vision.tracks()]; results.after=vision.motion(h); camera.release(h);
       });},1000);
     });`,
  );
  assert.equal(results.before, []);
  assert.equal(results.after, []);
  assert.equal(results.still, [0, 0, 0, 0, 0, 0]);
  const [permille, left, top, width, height] = results.moved;
  assert.ok(permille > 30 && permille < 80, `${permille} permille`);
  assert.ok(Math.abs(left - 80) <= 4 && Math.abs(top - 100) <= 4, `${results.moved}`);
  assert.ok(Math.abs(width - 60) <= 8 && Math.abs(height - 60) <= 8, `${results.moved}`);
  assert.is(results.regions.length, 7, "one region");
  assert.equal(results.regions.slice(0, 4), [left, top, width, height]);
  const [area, x, y] = results.regions.slice(4);
  assert.ok(
    Math.abs(area - 3600) < 700 && Math.abs(x - 110) <= 2 && Math.abs(y - 130) <= 2,
    `${results.regions}`,
  );
  assert.equal(results.tracks, [1, left, top, width, height, 0, 0, 2]);
  const [mean, , dark, bright, crisp, lens] = results.statistics;
  assert.ok(Math.abs(mean - 144) <= 3 && dark === 0 && bright === 0 && crisp > 900, `${mean}`);
  assert.is(lens, 0);
  begins(results, { bad: "VISION_ARGUMENT: ", gone: "VISION_HANDLE: " });
  assert.equal(results.none, [[], []]);
});

test("vision: crop needs an open model, a frame, and a box that meets it", async () => {
  const { results } = await run(`
    camera.open({width:320,height:240});
    camera.capture(function(h){
      results.closed=tried(function(){vision.crop(h,0,0,0,0,0);});
      model.open(require("Storage").read("model.tflite"));
      results.whole=tried(function(){vision.crop(h,0,0,0,0,0);});
      results.margin=tried(function(){vision.crop(h,10,10,50,50,25);});
      results.outside=tried(function(){vision.crop(h,320,0,10,10,0);});
      results.negative=tried(function(){vision.crop(h,0,0,-5,10,0);});
      results.wild=tried(function(){vision.crop(h,0,0,50,50,201);});
      results.missing=tried(function(){vision.crop(h,0,0,50);});
      results.fraction=tried(function(){vision.crop(h,0.5,0,50,50,0);});
      results.handle=tried(function(){vision.crop(h+1,0,0,50,50,0);});
    });`);
  assert.is(results.whole, "nothing");
  assert.is(results.margin, "nothing");
  begins(results, {
    closed: "MODEL_CLOSED: ",
    outside: "VISION_BOX: ",
    negative: "VISION_BOX: ",
    wild: "VISION_ARGUMENT: ",
    missing: "VISION_ARGUMENT: height",
    fraction: "VISION_ARGUMENT: left",
    handle: "VISION_HANDLE: ",
  });
});

test("model: opens in place, runs on a crop, and tells the board's time", async () => {
  const { results, emulator } = await run(`
    results.info=model.open(require("Storage").read("model.tflite"));
    results.msBefore=model.lastMs();
    results.early=tried(function(){model.invoke();});
    camera.open({width:320,height:240});
    camera.capture(function(h){
      vision.crop(h,0,0,0,0,0);
      var t=getTime();
      results.outputs=model.invoke();
      results.tookMs=Math.round((getTime()-t)*1000);
      results.ms=model.lastMs();
      results.stale=tried(function(){model.invoke();});
    });`);
  assert.equal(
    { ...results.info, arenaBytes: 0 },
    { width: 96, height: 96, channels: 3, outputs: 6, tensors: 1, arenaBytes: 0 },
  );
  assert.ok(results.info.arenaBytes > 92_160 && results.info.arenaBytes < 120_000);
  assert.is(results.msBefore, 0);
  begins(results, { early: "MODEL_NO_INPUT: ", stale: "MODEL_NO_INPUT: " });
  const sum = results.outputs.reduce((total: number, p: number) => total + p, 0);
  assert.is(results.outputs.length, 6);
  assert.ok(Math.abs(sum - 1) < 0.02, `probabilities sum to ${sum}`);
  assert.ok(results.ms > 50 && results.ms < 100, `${results.ms} ms`);
  assert.ok(results.tookMs >= results.ms, "the clock went on while the chip was busy");
  assert.equal(emulator.missing, []);
});

test("model: a second output, the embedding, as real values and as one string of bytes", async () => {
  const { results } = await run(
    `results.info=model.open(require("Storage").read("model.tflite"));
     results.early=tried(function(){model.output(1);});
     camera.open({width:320,height:240});
     camera.capture(function(h){
       vision.crop(h,0,0,0,0,0);
       results.scores=model.invoke();
       results.again=model.output(0);
       results.embedding=model.output(1);
       var raw=model.outputBytes(1);
       results.vars=E.getSizeOf(raw.bytes);
       results.raw=[raw.scale,raw.zeroPoint,raw.isSigned,raw.bytes.length];
       results.codes=[];
       for (var i=0;i<raw.bytes.length;i++) results.codes.push(raw.bytes.charCodeAt(i));
       results.none=tried(function(){model.output(2);});
       results.negative=tried(function(){model.outputBytes(-1);});
       results.fraction=tried(function(){model.output(0.5);});
       vision.crop(h,0,0,0,0,0);
       results.stale=tried(function(){model.output(1);});
       model.close();
       results.closed=tried(function(){model.outputBytes(0);});
     });`,
    scene(),
    3000,
    EMBEDDING_MODEL,
  );
  assert.is(results.info.tensors, 2);
  assert.is(results.info.outputs, 3);
  assert.equal(results.again, results.scores);
  assert.is(results.vars, 1);
  assert.equal(results.raw, [1 / 256, -128, true, 4]);
  // Signed bytes above their zero point of -128, so the character code with its top bit turned.
  const fromCodes = results.codes.map((code: number) => (code ^ 128) / 256);
  assert.equal(results.embedding, fromCodes);
  assert.ok(results.embedding.every((mean: number) => Math.abs(mean - 150 / 256) < 0.02));
  begins(results, {
    early: "MODEL_NO_OUTPUT: ",
    stale: "MODEL_NO_OUTPUT: ",
    none: "MODEL_INDEX: ",
    negative: "MODEL_INDEX: ",
    fraction: "MODEL_ARGUMENT: index",
    closed: "MODEL_CLOSED: ",
  });
});

test("model: use after close, a second open and bad files are named", async () => {
  const { results } = await run(`
    var file=require("Storage").read("model.tflite");
    results.number=tried(function(){model.open(5);});
    results.empty=tried(function(){model.open("");});
    results.noise=tried(function(){model.open("this is not a model file at all");});
    results.cut=tried(function(){model.open(file.substr(0,90000));});
    model.open(file);
    results.twice=tried(function(){model.open(file);});
    model.close(); model.close();
    results.invoke=tried(function(){model.invoke();});
    results.again=model.open(file).outputs;`);
  begins(results, {
    number: "MODEL_ARGUMENT: ",
    empty: "MODEL_",
    noise: "MODEL_",
    cut: "MODEL_",
    twice: "MODEL_BUSY: ",
    invoke: "MODEL_CLOSED: ",
  });
  assert.is(results.again, 6);
});

test("a restart of the program closes what it had opened", async () => {
  const { emulator } = await run(`camera.open({width:320,height:240});
    model.open(require("Storage").read("model.tflite"));`);
  let heard = "";
  emulator.console.onData((bytes) => {
    heard += bytes;
  });
  emulator.console.write("load()\n");
  await emulator.run({ ms: 2000 });
  assert.not.match(heard, "BUSY");
});

test.run();

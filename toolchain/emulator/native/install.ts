/**
 * `require("camera")`, `require("vision")` and `require("model")` of the emulated interpreter: argument checks and
 * conversion around the native library (the face is device/espruino/native-modules.ts). No logic of their own.
 */
import { loadThicket, type Thicket } from "../../../native/port/wasm/thicket.ts";
import { type Engine, type EspObject, MemoryString } from "../engine/engine.ts";
import { badArgument, isObject, type NativeFunctions, nativeLibrary, whole } from "./binding.ts";
import type { FrameSource, SensorFrame } from "./frame-source.ts";
import { Lent } from "./lent.ts";
import { NativeCamera } from "./native-camera.ts";
import { NativeError } from "./native-error.ts";
import { type ChipName, NativeModel } from "./native-model.ts";

/** Virtual time from the call of capture to its callback: about one frame of the sensor and its transfer. An estimate. */
const CAPTURE_MS = 80;

export type CaptureOutcome =
  | { value: SensorFrame; error?: undefined }
  | { value?: undefined; error: unknown };

export interface NativeModulesOptions {
  source: FrameSource;
  /** Time may not run ahead of the promise; its outcome is delivered `latencyMs` of virtual time after the call. */
  schedule: {
    pending(
      promise: Promise<SensorFrame>,
      latencyMs: number,
      deliver: (outcome: CaptureOutcome) => void,
    ): void;
  };
  /** Called when a program first requires the module; the object is kept for later calls. */
  define: (name: string, create: () => EspObject) => void;
  /** Let virtual time pass: the chip is busy. */
  spend: (ms: number) => void;
  /** Decides the estimates of what native work takes. */
  chip: ChipName;
  /** Default: a fresh instance. One instance serves one camera. */
  wasm?: Thicket;
}

export interface NativeModules {
  /** What a reboot does: the camera off, the model closed, the background forgotten. */
  reset(): void;
}

/** What is lent out: the last picture, the last output. */
const JPEG = "jpeg";
const OUTPUT = "output";

/** Define the three modules on a board that has a camera. */
export function installNativeModules(engine: Engine, options: NativeModulesOptions): NativeModules {
  const thicket = options.wasm ?? loadThicket();
  const camera = new NativeCamera(thicket);
  const model = new NativeModel(thicket, options.chip);
  const lent = new Lent();
  // Frames asked for before a close must not land in a camera opened later.
  let opening = 0;

  const bind = (module: string, functions: NativeFunctions): void =>
    options.define(module, () => nativeLibrary(engine, module, functions));

  function capture(done: EspObject): void {
    const limit = camera.requireOpen();
    const wanted = opening;
    const answer = (handle: number, width: number, height: number, problem: string) =>
      void engine.call(done, undefined, [handle, width, height, problem]);
    options.schedule.pending(
      options.source.next(engine.host.nowMs(), { ...limit }),
      CAPTURE_MS,
      (outcome) => {
        if (wanted !== opening || !camera.limit) return answer(0, 0, 0, "CAMERA_CLOSED");
        if (!outcome.value) return answer(0, 0, 0, "CAMERA_NO_FRAME");
        let handle = 0;
        let problem = "";
        try {
          handle = camera.take(outcome.value);
        } catch (error) {
          if (!(error instanceof NativeError)) throw error;
          problem = error.code;
        }
        if (handle) answer(handle, outcome.value.width, outcome.value.height, "");
        else answer(0, 0, 0, problem);
      },
    );
  }

  bind("camera", {
    open: (args) => {
      const given = args[0];
      const side = (name: string) =>
        whole("CAMERA", name, isObject(given) ? engine.get(given, name) : undefined);
      camera.open({ width: side("width"), height: side("height") });
      opening++;
      return undefined;
    },
    capture: ([done]) => {
      if (!engine.isFunction(done)) throw badArgument("CAMERA", "capture takes a function");
      capture(done);
      return undefined;
    },
    release: ([handle]) => {
      camera.release(whole("CAMERA", "handle", handle));
      lent.end(JPEG);
      return undefined;
    },
    jpeg: ([handle, quality]) => {
      const bytes = camera.jpeg(
        whole("CAMERA", "handle", handle),
        whole("CAMERA", "quality", quality),
      );
      lent.end(JPEG);
      return lent.lend(JPEG, bytes);
    },
    close: () => lent.ending(JPEG, () => camera.close() as undefined),
  });

  bind("vision", {
    motion: ([handle]) => engine.array(camera.motion(whole("VISION", "handle", handle))),
    regions: () => engine.array(camera.regions()),
    follow: ([sinceMs]) => camera.follow(whole("VISION", "sinceMs", sinceMs)),
    tracks: () => engine.array(camera.tracks()),
    statistics: ([handle]) => engine.array(camera.statistics(whole("VISION", "handle", handle))),
    learn: ([handle]) => camera.learn(whole("VISION", "handle", handle)) as undefined,
    crop: (args) => {
      const names = ["handle", "left", "top", "width", "height", "marginPct"];
      const [handle, left, top, width, height, marginPct] = names.map((name, i) =>
        whole("VISION", name, args[i]),
      ) as [number, number, number, number, number, number];
      lent.end(OUTPUT);
      model.fill((target) => camera.crop(handle, [left, top, width, height], marginPct, target));
      return undefined;
    },
    reset: () => camera.forget() as undefined,
  });

  bind("model", {
    open: ([file]) => {
      const isText = typeof file === "string" || file instanceof MemoryString;
      const bytes = isText ? engine.bytesOf(file) : undefined;
      if (!bytes) throw badArgument("MODEL", "open takes the bytes of a model file");
      return engine.object({ ...model.open(bytes) });
    },
    invoke: () => {
      lent.end(OUTPUT);
      const outputs = model.invoke();
      options.spend(model.lastMs());
      return engine.array(outputs);
    },
    output: ([index]) => engine.array(model.output(whole("MODEL", "index", index))),
    outputBytes: ([index]) => {
      const output = model.outputBytes(whole("MODEL", "index", index));
      return engine.object({ ...output, bytes: lent.lend(OUTPUT, output.bytes) });
    },
    lastMs: () => model.lastMs(),
    close: () => lent.ending(OUTPUT, () => model.close() as undefined),
  });

  return {
    reset() {
      opening++;
      camera.close();
      camera.forget();
      model.close();
    },
  };
}

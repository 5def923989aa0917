/**
 * What the interpreter (Espruino 2v29) offers on the ESP32 boards, and what JavaScript has beyond it.
 * Pure tables; the dialect check reads them. Source: metadata extracted from Espruino's own build for
 * ESP32_IDF4 and ESP32S3_IDF4, confirmed by running the interpreter (test/bundle/builtins.test.ts repeats that).
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

type Table = Readonly<Record<string, ReadonlySet<string>>>;

/** Without Object's own names, so that looking up "constructor" finds nothing. */
const table = (entries: Table): Table => Object.assign(Object.create(null), entries);

/** Every object has these; arrays, strings and functions too. */
const OBJECT_METHODS = `constructor __proto__ on emit addListener prependListener removeListener
  removeAllListeners clone hasOwnProperty toString valueOf`;

const TYPED_ARRAY = `length byteLength byteOffset buffer every fill filter find findIndex forEach includes
  indexOf join map reduce reverse slice some sort set subarray ${OBJECT_METHODS}`;

const DATE_PARTS = "Date Day FullYear Hours Milliseconds Minutes Month Seconds"
  .split(" ")
  .flatMap((part) => [`get${part}`, `getUTC${part}`, part === "Day" ? "" : `set${part}`])
  .join(" ");

/** Members of values, by kind. */
export const INSTANCE: Table = table({
  Object: words(OBJECT_METHODS),
  Array:
    words(`length concat every fill filter find findIndex forEach includes indexOf join map pop push
    reduce reverse shift slice some sort splice unshift ${OBJECT_METHODS}`),
  String:
    words(`length charAt charCodeAt concat endsWith includes indexOf lastIndexOf match padEnd padStart
    repeat replace replaceAll slice split startsWith substr substring toLowerCase toUpperCase trim
    removeAccents ${OBJECT_METHODS}`),
  Number: words(`toFixed ${OBJECT_METHODS}`),
  Boolean: words(OBJECT_METHODS),
  Function: words(`apply bind call replaceWith length prototype ${OBJECT_METHODS}`),
  RegExp: words(`exec test source flags lastIndex ${OBJECT_METHODS}`),
  Promise: words(`then catch ${OBJECT_METHODS}`),
  Date: words(`${DATE_PARTS} getIsDST getTime setTime getTimezoneOffset toISOString toLocalISOString toJSON
    toUTCString ${OBJECT_METHODS}`),
  Error: words(`message type stack ${OBJECT_METHODS}`),
  ArrayBuffer: words(`byteLength ${OBJECT_METHODS}`),
  TypedArray: words(TYPED_ARRAY),
  DataView: words(
    `${["Int8", "Uint8", "Int16", "Uint16", "Int32", "Uint32", "Float32", "Float64"]
      .flatMap((kind) => [`get${kind}`, `set${kind}`])
      .join(" ")} buffer byteLength byteOffset ${OBJECT_METHODS}`,
  ),
});

export const TYPED_ARRAYS =
  words(`Uint8Array Uint8ClampedArray Int8Array Uint16Array Int16Array Uint24Array
  Uint32Array Int32Array Float32Array Float64Array`);

const ERROR_KINDS = ["Error", "TypeError", "SyntaxError", "ReferenceError", "InternalError"];
const FUNCTION_MEMBERS = `prototype apply bind call length replaceWith ${OBJECT_METHODS}`;
const TYPED_STATIC = words(FUNCTION_MEMBERS);

/** Members of the global objects and constructors whose whole content is known. */
export const STATIC: Table = table({
  Array: words(`isArray ${FUNCTION_MEMBERS}`),
  Object: words(`assign create defineProperties defineProperty entries fromEntries
    getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys
    setPrototypeOf values ${FUNCTION_MEMBERS}`),
  String: words(`fromCharCode ${FUNCTION_MEMBERS}`),
  Number: words(`MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY ${FUNCTION_MEMBERS}`),
  Boolean: words(FUNCTION_MEMBERS),
  Function: words(FUNCTION_MEMBERS),
  RegExp: words(FUNCTION_MEMBERS),
  Promise: words(`all reject resolve ${FUNCTION_MEMBERS}`),
  Date: words(`now parse ${FUNCTION_MEMBERS}`),
  JSON: words(`parse stringify ${OBJECT_METHODS}`),
  Math: words(`E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil clip cos exp floor log
    max min pow randInt random round sign sin sqrt tan wrap ${OBJECT_METHODS}`),
  console: words(`debug error info log trace warn ${OBJECT_METHODS}`),
  process: words(`env memory version ${OBJECT_METHODS}`),
  Modules: words(`addCached getCached removeAllCached removeCached ${OBJECT_METHODS}`),
  ArrayBuffer: TYPED_STATIC,
  DataView: TYPED_STATIC,
  ...Object.fromEntries([...TYPED_ARRAYS].map((name) => [name, TYPED_STATIC])),
  ...Object.fromEntries(ERROR_KINDS.map((name) => [name, TYPED_STATIC])),
  E: words(`CRC32 FFT HSBtoRGB asUTF8 clip convolve decodeUTF8 defrag dumpFragmentation dumpStr
    dumpVariables enableWatchdog fromUTF8 getAddressOf getAnalogVRef getClock getConsole getErrorFlags
    getFlags getPowerUsage getSizeOf getTemperature hwRand isUTF8 kickWatchdog lockConsole lookupNoCase
    mapInPlace memoryArea memoryMap nativeCall pipe reboot reverseByte setBootCode setClock setConsole
    setDST setFlags setPassword setTimeZone srand stopEventPropagation sum toArrayBuffer toFlatString
    toJS toString toUint8Array variance ${OBJECT_METHODS}`),
  ESP32: words(`deepSleep deepSleepExt0 deepSleepExt1 enableBLE enableWifi getState getWakeupCause
    getWakeupPin lightSleep reboot setAtten setBLE_Debug setOTAValid ${OBJECT_METHODS}`),
});

/** Global names of every board; pins and serial ports are added per board. */
const GLOBALS = `${Object.keys(STATIC).join(" ")} NaN Infinity undefined arguments global globalThis
  HIGH LOW __FILE__ isNaN isFinite parseInt parseFloat atob btoa encodeURIComponent decodeURIComponent
  setTimeout setInterval changeInterval clearTimeout clearInterval setWatch clearWatch getTime setTime
  digitalRead digitalWrite digitalPulse analogRead analogWrite pinMode getPinMode shiftOut getSerial
  peek8 peek16 peek32 poke8 poke16 poke32 print trace dump echo edit load save reset require
  setBusyIndicator setSleepIndicator setDeepSleep Pin Serial SPI I2C OneWire Waveform LoopbackA LoopbackB
  Graphics NRF Bluetooth`;

const numbered = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`).join(" ");

/** Modules of the native extension. A stock interpreter lacks them; the program must cope. */
export const NATIVE_MODULES = [
  "camera",
  "vision",
  "model",
  "vault",
  "crypto",
  "radio",
  "firmware",
] as const;

const STOCK_MODULES = "Storage Flash Wifi http net dgram neopixel";

export interface Board {
  name: string;
  globals: ReadonlySet<string>;
  modules: ReadonlySet<string>;
}

const TWO_BUSES = "SPI1 SPI2 I2C1 I2C2";

const board = (
  name: string,
  pins: string,
  extraModules: string,
  buses: string = TWO_BUSES,
): Board => ({
  name,
  globals: words(`${GLOBALS} ${pins} Serial1 Serial2 ${buses}`),
  modules: words(`${STOCK_MODULES} ${extraModules} ${NATIVE_MODULES.join(" ")}`),
});

export const BOARDS: Readonly<Record<string, Board>> = {
  esp32s3: board("esp32s3", numbered("D", 0, 48), "crypto tls fs TelnetServer"),
  esp32: board("esp32", numbered("D", 0, 39), ""),
  /** No camera interface: the program says so and goes on without. */
  esp32c3: board("esp32c3", numbered("D", 0, 21), "crypto tls fs", "SPI1 I2C1"),
};

/**
 * Methods of standard JavaScript that no built-in of the interpreter has. A call of one of these names can only
 * work when the program itself defines it.
 */
const MISSING = words(`
  at copyWithin findLast findLastIndex flat flatMap lastIndexOf reduceRight entries values keys toReversed
  toSorted toSpliced with codePointAt search matchAll normalize trimStart trimEnd trimLeft trimRight
  localeCompare isWellFormed toWellFormed anchor big bold fixed link sub sup
  toPrecision toExponential toLocaleString toLocaleDateString toLocaleTimeString toDateString toTimeString
  toGMTString getYear setYear setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes
  setUTCMonth setUTCSeconds propertyIsEnumerable isPrototypeOf __defineGetter__ __defineSetter__
  __lookupGetter__ __lookupSetter__ finally race allSettled any withResolvers compile
  trunc imul hypot log2 log10 log1p expm1 cbrt sinh cosh tanh asinh acosh atanh fround clz32
  freeze isFrozen seal isSealed preventExtensions isExtensible is hasOwn groupBy
  getOwnPropertySymbols from of fromAsync isInteger isSafeInteger fromCodePoint raw UTC isView transfer
  transferToFixedLength resize getBigInt64 getBigUint64 setBigInt64 setBigUint64 once off`);

const ON_SOME_BUILTIN = new Set(Object.values(INSTANCE).flatMap((set) => [...set]));

/** Names to refuse on a value of unknown kind. */
export const MISSING_ON_ALL: ReadonlySet<string> = new Set(
  [...MISSING].filter((name) => !ON_SOME_BUILTIN.has(name)),
);

/** Standard names that a value of one kind lacks although JavaScript, or another kind, has them. */
export const STANDARD: ReadonlySet<string> = new Set([...MISSING, ...ON_SOME_BUILTIN, "name"]);

/** Words the interpreter reserves beyond JavaScript's own (they can never name a variable). */
export const RESERVED = words("of let static undefined");

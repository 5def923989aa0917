/** What can be called on a value of each kind: parameters by kind, result by kind. Espruino 2v29 on an ESP32. */

export type Kind = "int" | "num" | "str" | "bool" | "arr" | "obj" | "typed" | "fn" | "date" | "any";
/**
 * Kinds of parameters; `small` is a count below 20, `re` a pattern, `cb` a callback on elements, `needle` a text
 * that is not empty.
 */
export type Parameter =
  | Kind
  | "small"
  | "re"
  | "cb"
  | "pred"
  | "fold"
  | "order"
  | "json"
  | "needle";
export type Method = [name: string, parameters: Parameter[], result: Kind];

const parse = (lines: string): Method[] =>
  lines
    .trim()
    .split("\n")
    .map((line) => {
      const [, name, parameters, result] = /^\s*(\S.*?)\(([^)]*)\)\s*(\w+)$/.exec(line)!;
      const kinds = parameters === "" ? [] : parameters!.split(" ");
      return [name!, kinds as Parameter[], result as Kind];
    });

export const METHODS: Partial<Record<Kind, Method[]>> = {
  str: parse(`
    charAt(int) str
    charCodeAt(int) num
    concat(str any) str
    endsWith(str) bool
    endsWith(str int) bool
    includes(str) bool
    indexOf(str) int
    indexOf(str int) int
    lastIndexOf(str) int
    lastIndexOf(str int) int
    match(re) any
    match(str) any
    padEnd(small) str
    padEnd(small str) str
    padStart(small str) str
    repeat(small) str
    replace(re str) str
    replace(str str) str
    replace(re fn) str
    replaceAll(needle str) str
    slice(int) str
    slice(int int) str
    split(str) arr
    split(re) arr
    split() arr
    startsWith(str) bool
    startsWith(str int) bool
    substr(int) str
    substr(int int) str
    substring(int int) str
    toLowerCase() str
    toUpperCase() str
    trim() str
    removeAccents() str
    toString() str
    valueOf() str
    hasOwnProperty(str) bool`),
  num: parse(`
    toFixed(small) str
    toFixed() str
    toString() str
    toString(small) str
    valueOf() num`),
  arr: parse(`
    concat(arr) arr
    concat(any any) arr
    every(pred) bool
    fill(any) arr
    fill(any int int) arr
    filter(pred) arr
    find(pred) any
    findIndex(pred) int
    forEach(cb) any
    includes(any) bool
    indexOf(any) int
    indexOf(any int) int
    join() str
    join(str) str
    map(cb) arr
    pop() any
    push(any) int
    push(any any) int
    reduce(fold) any
    reduce(fold any) any
    reverse() arr
    shift() any
    slice() arr
    slice(int) arr
    slice(int int) arr
    some(pred) bool
    sort() arr
    sort(order) arr
    splice(int int) arr
    splice(int int any any) arr
    splice(int) arr
    unshift(any) int
    toString() str
    hasOwnProperty(int) bool`),
  typed: parse(`
    every(pred) bool
    fill(int) typed
    fill(int int int) typed
    filter(pred) arr
    find(pred) any
    findIndex(pred) int
    forEach(cb) any
    includes(int) bool
    indexOf(int) int
    join(str) str
    map(cb) typed
    reduce(fold) any
    reduce(fold int) any
    reverse() typed
    set(arr) any
    set(typed int) any
    slice(int int) arr
    slice() arr
    some(pred) bool
    sort() typed
    sort(order) typed
    subarray(int int) typed
    subarray(int) typed
    toString() str`),
  obj: parse(`
    hasOwnProperty(str) bool
    toString() str
    valueOf() obj
    clone() obj`),
  date: parse(`
    getDate() int
    getDay() int
    getFullYear() int
    getHours() int
    getMilliseconds() int
    getMinutes() int
    getMonth() int
    getSeconds() int
    getTime() num
    getTimezoneOffset() int
    getUTCDate() int
    getUTCHours() int
    getUTCFullYear() int
    setDate(int) num
    setFullYear(int) num
    setHours(int) num
    setHours(int int) num
    setMilliseconds(int) num
    setMinutes(int) num
    setMonth(int) num
    setSeconds(int) num
    setTime(int) num
    toISOString() str
    toJSON() str
    toLocalISOString() str
    toString() str
    toUTCString() str
    valueOf() num`),
};

export const STATICS: Method[] = parse(`
    Math.abs(num) num
    Math.acos(num) num
    Math.asin(num) num
    Math.atan(num) num
    Math.atan2(num num) num
    Math.ceil(num) num
    Math.clip(num num num) num
    Math.cos(num) num
    Math.exp(num) num
    Math.floor(num) num
    Math.log(num) num
    Math.max(num num) num
    Math.max(num any num) num
    Math.min(num num) num
    Math.min() num
    Math.pow(num num) num
    Math.round(num) num
    Math.sign(num) num
    Math.sin(num) num
    Math.sqrt(num) num
    Math.tan(num) num
    Math.wrap(num num) num
    parseInt(str) num
    parseInt(str small) num
    parseInt(any) num
    parseFloat(str) num
    isNaN(any) bool
    isFinite(any) bool
    Number(any) num
    String(any) str
    Boolean(any) bool
    Array.isArray(any) bool
    String.fromCharCode(int int) str
    Object.keys(any) arr
    Object.values(obj) arr
    Object.entries(obj) arr
    Object.assign(obj obj) obj
    Object.create(obj) obj
    Object.fromEntries(arr) any
    Object.getOwnPropertyNames(any) arr
    Object.getOwnPropertyDescriptor(obj str) any
    Object.getPrototypeOf(obj) any
    JSON.stringify(any) str
    JSON.stringify(any any small) str
    JSON.parse(json) any
    btoa(str) str
    atob(str) str
    encodeURIComponent(str) str
    decodeURIComponent(str) str
    Date.parse(str) num
    E.toString(any) any
    E.toString(str arr typed) any
    E.toUint8Array(any) any
    E.toUint8Array(int arr str) typed
    E.toArrayBuffer(str) any
    E.toJS(any) str
    E.CRC32(str) num
    E.sum(arr) num
    E.sum(typed) num
    E.variance(arr num) num
    E.convolve(arr arr int) num
    E.clip(num num num) num
    E.reverseByte(int) int
    E.HSBtoRGB(num num num) int
    E.getSizeOf(any) int
    E.decodeUTF8(str) str
    E.asUTF8(str) str
    E.isUTF8(any) bool
    E.lookupNoCase(obj str) any
    new Array(small) arr
    new Array(any any) arr
    new Uint8Array(small) typed
    new Uint8Array(arr) typed
    new Int8Array(arr) typed
    new Uint16Array(arr) typed
    new Int32Array(typed) typed
    new Float32Array(arr) typed
    new Uint8ClampedArray(arr) typed
    new Uint24Array(arr) typed
    new Float64Array(small) typed
    new Error(str) obj
    new TypeError(any) obj
    new Object(any) any
    new ArrayBuffer(small) any`);

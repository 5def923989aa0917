/**
 * What the interpreter (Espruino 2v29) offers beyond the ES5 library: later JavaScript that it has built in, and
 * globals for scripts of one's own. The build's check knows the same list (toolchain/bundle/builtins.ts).
 */

interface Array<T> {
  fill(value: T, start?: number, end?: number): this;
  find(test: (value: T, index: number, array: T[]) => unknown): T | undefined;
  findIndex(test: (value: T, index: number, array: T[]) => unknown): number;
  includes(value: T, from?: number): boolean;
}

interface ReadonlyArray<T> {
  find(test: (value: T, index: number, array: readonly T[]) => unknown): T | undefined;
  findIndex(test: (value: T, index: number, array: readonly T[]) => unknown): number;
  includes(value: T, from?: number): boolean;
}

interface String {
  endsWith(text: string, end?: number): boolean;
  includes(text: string, from?: number): boolean;
  padEnd(length: number, fill?: string): string;
  padStart(length: number, fill?: string): string;
  repeat(count: number): string;
  replaceAll(text: string, by: string): string;
  startsWith(text: string, from?: number): boolean;
}

interface ObjectConstructor {
  assign<A, B>(target: A, source: B): A & B;
  // biome-ignore lint/suspicious/noExplicitAny: as in TypeScript's own library
  assign(target: object, ...sources: any[]): any;
  entries<T>(object: { [name: string]: T } | ArrayLike<T>): [string, T][];
  fromEntries<T>(entries: readonly [string, T][]): { [name: string]: T };
  values<T>(object: { [name: string]: T } | ArrayLike<T>): T[];
}

interface Math {
  sign(x: number): number;
  /** x between min and max. */
  clip(x: number, min: number, max: number): number;
  /** Whole number from 0 to limit - 1. */
  randInt(limit: number): number;
  /** x brought into 0..size by adding or removing whole sizes. */
  wrap(x: number, size: number): number;
}

interface PromiseConstructor {
  new <T>(
    run: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void,
  ): Promise<T>;
  all<T extends readonly unknown[] | []>(
    values: T,
  ): Promise<{ -readonly [P in keyof T]: T[P] extends PromiseLike<infer V> ? V : T[P] }>;
  // biome-ignore lint/suspicious/noExplicitAny: as in TypeScript's own library
  reject<T = never>(reason?: any): Promise<T>;
  resolve(): Promise<void>;
  resolve<T>(value: T | PromiseLike<T>): Promise<T>;
}
// biome-ignore lint/suspicious/noShadowRestrictedNames: this declares the global itself.
declare var Promise: PromiseConstructor;

interface Console {
  log(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
}
declare var console: Console;

declare function print(...values: unknown[]): void;
declare function atob(text: string): string;
declare function setInterval(run: () => void, ms: number): number;
declare function changeInterval(timer: number, ms: number): void;
declare function clearInterval(timer: number): void;
declare function digitalRead(pin: Pin): number;
declare function digitalWrite(pin: Pin, value: boolean | number): void;
declare function digitalPulse(pin: Pin, value: boolean | number, ms: number | number[]): void;
declare function analogWrite(pin: Pin, value: number, options?: { freq?: number }): void;

/** Pins of the chip; the ESP32 ends at D39. */
declare var D0: Pin;
declare var D1: Pin;
declare var D2: Pin;
declare var D3: Pin;
declare var D4: Pin;
declare var D5: Pin;
declare var D6: Pin;
declare var D7: Pin;
declare var D8: Pin;
declare var D9: Pin;
declare var D10: Pin;
declare var D11: Pin;
declare var D12: Pin;
declare var D13: Pin;
declare var D14: Pin;
declare var D15: Pin;
declare var D16: Pin;
declare var D17: Pin;
declare var D18: Pin;
declare var D19: Pin;
declare var D20: Pin;
declare var D21: Pin;
declare var D22: Pin;
declare var D23: Pin;
declare var D24: Pin;
declare var D25: Pin;
declare var D26: Pin;
declare var D27: Pin;
declare var D28: Pin;
declare var D29: Pin;
declare var D30: Pin;
declare var D31: Pin;
declare var D32: Pin;
declare var D33: Pin;
declare var D34: Pin;
declare var D35: Pin;
declare var D36: Pin;
declare var D37: Pin;
declare var D38: Pin;
declare var D39: Pin;
declare var D40: Pin;
declare var D41: Pin;
declare var D42: Pin;
declare var D43: Pin;
declare var D44: Pin;
declare var D45: Pin;
declare var D46: Pin;
declare var D47: Pin;
declare var D48: Pin;

// The part of the WebAssembly JavaScript API that thicket.ts uses. Node has it at run time, but its typings for
// version 20 do not, and the browser's typings would bring in the whole DOM.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: unknown;
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Record<string, unknown>;
  }
}

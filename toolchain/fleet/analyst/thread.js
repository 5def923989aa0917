// A thread does not inherit how the program reads TypeScript: it says so itself, as toolchain/bin.js does.
import { register } from "tsx/esm/api";

register();
await import("./work.ts");

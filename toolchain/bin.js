#!/usr/bin/env node
// Runs the TypeScript sources directly, so a clone needs no build step before its first command.
import { register } from "tsx/esm/api";

register();
const { main } = await import("./cli.ts");
process.exitCode = await main(process.argv.slice(2));

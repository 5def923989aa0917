/** The program as a whole on the interpreter: its global on the console, what nobody caught, and its end. */

/** Make the console's commands reachable as `thicket`. */
export function publish(commands: unknown): void {
  global.thicket = commands;
}

/** What throws in a timer or event that nobody guards. Errors while the program is loaded are printed by Espruino. */
export function onUncaught(run: (error: unknown) => void): void {
  process.on("uncaughtException", run);
}

/** Before load(), reset() or a restart. */
export function onProgramEnd(run: () => void): void {
  E.on("kill", run);
}

/** The program as a whole on the interpreter: its global on the console, what nobody caught, and its end. */

let onUncaught = (error: unknown): void => {
  throw error;
};

/**
 * A callback for a timer, an edge or a module, with an owner for what it throws. Not process.on("uncaughtException"):
 * that would also swallow the errors of what a person types.
 */
export function guarded(run: () => void): () => void {
  return () => {
    try {
      run();
    } catch (error) {
      const { stack } = error as { stack?: string };
      if (stack) print(stack);
      onUncaught(error);
    }
  };
}

/** Who is told what guarded callbacks throw. */
export function setUncaughtHandler(run: (error: unknown) => void): void {
  onUncaught = run;
}

/** Make the console's commands reachable as `thicket`. */
export function publish(commands: unknown): void {
  global.thicket = commands;
}

/** Before load(), reset() or a restart. */
export function onProgramEnd(run: () => void): void {
  E.on("kill", run);
}

/**
 * What a command prints. Results go to stdout; everything else (progress, warnings, errors) to stderr.
 * A library never prints: it gets an `Io` or returns its result.
 */
import pc from "picocolors";

export interface Io {
  /** Write one line of result to stdout. */
  out(line: string): void;
  /** Write one line of commentary to stderr. */
  note(line: string): void;
  /** Replace the current progress line on stderr; plain lines, at most one a second, when it is not a terminal. */
  progress(line: string): void;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly isTerminal: boolean;
}

export function terminalIo(signal: AbortSignal): Io {
  const isTerminal = process.stderr.isTTY === true;
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  let hasProgress = false;
  let lastProgressMs = 0;
  const endProgress = () => {
    if (hasProgress) process.stderr.write("\r\x1b[K");
    hasProgress = false;
  };
  return {
    signal,
    isTerminal,
    out(line) {
      endProgress();
      process.stdout.write(`${line}\n`);
    },
    note(line) {
      endProgress();
      process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (isTerminal) {
        const width = process.stderr.columns ?? 80;
        process.stderr.write(`\r\x1b[K${pc.dim(line.slice(0, width - 1))}`);
        hasProgress = true;
      } else if (Date.now() - lastProgressMs > 1000) {
        lastProgressMs = Date.now();
        process.stderr.write(`${line}\n`);
      }
    },
  };
}

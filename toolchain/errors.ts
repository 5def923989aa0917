/**
 * Every error a user can meet: a code, an exit code, one line that names the thing, and the way out.
 * Code elsewhere throws only what these factories make; `cli.ts` holds the single catch.
 * An error that is not an AppError is a bug: stack trace, exit 1.
 */

export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  config: 3,
  noDevice: 4,
  device: 5,
  build: 6,
  integrity: 7,
  network: 8,
  interrupted: 130,
} as const;

export class AppError extends Error {
  readonly code: string;
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(code: string, exitCode: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

const factory =
  (exitCode: number) =>
  (code: string, message: string, hint?: string): AppError =>
    new AppError(code, exitCode, message, hint);

/** The command line itself is wrong. Exit 2. */
export const usageError = factory(EXIT.usage);
/** An input file, configuration or manifest is wrong. Exit 3. */
export const inputError = factory(EXIT.config);
/** No device there, or its port is busy. Exit 4. */
export const noDeviceError = factory(EXIT.noDevice);
/** The device refused, or answered what it should not. Exit 5. */
export const deviceError = factory(EXIT.device);
/** The bundle does not build, is refused by the dialect check, or is over budget. Exit 6. */
export const buildError = factory(EXIT.build);
/** A hash, signature or stored byte is not what it must be. Exit 7. */
export const integrityError = factory(EXIT.integrity);
/** The server or the network failed. Exit 8. */
export const networkError = factory(EXIT.network);
/** The user pressed Ctrl-C. Exit 130. */
export const interruptedError = factory(EXIT.interrupted);

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;

const FILE_PROBLEMS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  ENOTDIR: "part of the path is a file",
  EEXIST: "a file is in the way",
  EACCES: "not allowed",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
};

/** What the operating system says of a file, in words. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return FILE_PROBLEMS[code ?? ""] ?? message;
}

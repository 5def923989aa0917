/** `require("Storage")`, as far as the camera uses it: what lies there is the program, the model and their settings. */
export interface StorageModule {
  /** A native string in flash, or undefined. */
  read(name: string, offset?: number, length?: number): string | undefined;
  /** Bytes after the last file. */
  getFree(): number;
}

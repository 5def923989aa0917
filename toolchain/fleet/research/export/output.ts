/** Where a package goes: a folder or one zip file, file by file, each streamed. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

export interface PackageOutput {
  /** One file, from its first byte to its last. @param name relative, with "/" */
  write(name: string, chunks: AsyncIterable<string | Uint8Array> | string): Promise<void>;
}

export const folderOutput = (folder: string): PackageOutput => ({
  async write(name, chunks) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(Readable.from(bytesOf(chunks)), createWriteStream(file));
  },
});

export interface ZipOutput extends PackageOutput {
  /** To be read while files are written: nothing is held back. */
  stream: Readable;
  /** @param note short ASCII text that the file carries at its end, for whoever reads the zip with us */
  end(note: string): void;
  /** The reader gets an error instead of an end. */
  fail(error: Error): void;
}

/** A zip's comment holds no more. */
const NOTE_MAX = 65_535;

export function zipOutput(): ZipOutput {
  const zip = new ZipFile();
  const stream = new PassThrough();
  zip.outputStream.pipe(stream);
  zip.on("error", (error) => stream.destroy(error as Error));
  return {
    stream,
    end: (note) =>
      zip.end({ forceZip64Format: false, comment: note.length < NOTE_MAX ? note : "" }),
    fail: (error) => stream.destroy(error),
    write(name, chunks) {
      return new Promise((resolve, reject) => {
        const gone = () => new Error("nobody reads the package any more");
        if (stream.destroyed) return reject(gone());
        const source = Readable.from(bytesOf(chunks), { objectMode: false, highWaterMark: 65_536 });
        const stopped = () => {
          source.destroy();
          reject(gone());
        };
        stream.once("close", stopped);
        source.once("end", () => {
          stream.off("close", stopped);
          resolve();
        });
        source.once("error", reject);
        // Pictures are compressed already.
        zip.addReadStream(source, name, { compress: !/\.(jpe?g|png)$/i.test(name) });
      });
    },
  };
}

async function* bytesOf(
  chunks: AsyncIterable<string | Uint8Array> | string,
): AsyncGenerator<Uint8Array> {
  if (typeof chunks === "string") yield Buffer.from(chunks);
  else
    for await (const chunk of chunks) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

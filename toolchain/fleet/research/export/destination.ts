/** Where a command's export lands: a folder or FILE.zip, made beside its place and moved there whole. */
import { createWriteStream, existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import yauzl from "yauzl";
import { fileProblem, inputError, isAppError } from "../../../errors.ts";
import { folderOutput, type PackageOutput, zipOutput } from "./output.ts";
import type { ExportReport } from "./report.ts";

/**
 * @param out a folder that is not there or empty, or a file that ends in .zip
 * **Errors:** OUT_NOT_EMPTY, OUT_UNWRITABLE
 */
export async function writeExport(
  out: string,
  write: (output: PackageOutput) => Promise<ExportReport>,
): Promise<ExportReport> {
  checkPlace(out);
  if (!isZip(out)) return inPlace(out, (partial) => write(folderOutput(partial)));
  return inPlace(out, async (partial) => {
    const output = zipOutput();
    const written = pipeline(output.stream, createWriteStream(partial));
    const ended = write(output).then((report) => {
      output.end("");
      return report;
    });
    ended.catch(output.fail);
    const [report] = await Promise.all([ended, written]);
    return report;
  });
}

/** The same from a zip that a server sends, which has the report in its comment. */
export async function saveExport(out: string, zip: Readable): Promise<ExportReport | undefined> {
  checkPlace(out);
  const download = async (file: string) => {
    await pipeline(zip, createWriteStream(file));
    return noteOf(file);
  };
  if (isZip(out)) return inPlace(out, download);
  return inPlace(out, async (partial) => {
    const file = `${partial}.zip`;
    try {
      const report = await download(file);
      await unpack(file, partial);
      return report;
    } finally {
      await rm(file, { force: true });
    }
  });
}

const isZip = (out: string): boolean => /\.zip$/i.test(out);

/** Before anything is asked of anybody. **Errors:** OUT_NOT_EMPTY */
export function checkPlace(out: string): void {
  if (!existsSync(out)) return;
  const isFolder = statSync(out).isDirectory();
  if (isZip(out) ? !isFolder : isFolder && readdirSync(out).length === 0) return;
  throw inputError(
    "OUT_NOT_EMPTY",
    `${out} is there already${isFolder ? " and not empty" : ", and no folder"}`,
    "give a new folder, or a file that ends in .zip",
  );
}

async function inPlace<T>(out: string, make: (partial: string) => Promise<T>): Promise<T> {
  const partial = `${out.replace(/[\\/]+$/, "")}.${process.pid}.part`;
  try {
    await mkdir(dirname(out), { recursive: true });
    const made = await make(partial);
    if (!isZip(out) && existsSync(out)) await rmdir(out);
    await rename(partial, out);
    return made;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (isAppError(error) || !(error as NodeJS.ErrnoException).syscall) throw error;
    throw inputError("OUT_UNWRITABLE", `cannot write ${out}: ${fileProblem(error)}`);
  }
}

const openZip = (file: string): Promise<yauzl.ZipFile> =>
  new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });

async function noteOf(file: string): Promise<ExportReport | undefined> {
  const zip = await openZip(file);
  zip.close();
  return zip.comment ? (JSON.parse(zip.comment) as ExportReport) : undefined;
}

/** Names that would leave the folder are refused by yauzl. */
async function unpack(file: string, folder: string): Promise<void> {
  const zip = await openZip(file);
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on("error", reject);
      zip.on("end", resolve);
      zip.on("entry", (entry: yauzl.Entry) => {
        zip.openReadStream(entry, async (error, stream) => {
          try {
            if (error) throw error;
            const target = join(folder, entry.fileName);
            await mkdir(dirname(target), { recursive: true });
            await pipeline(stream, createWriteStream(target));
            zip.readEntry();
          } catch (problem) {
            reject(problem);
          }
        });
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

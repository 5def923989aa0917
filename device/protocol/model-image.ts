/**
 * The image of a model release: the .tflite file, then its name and labels, a line each, then the length of that text in two
 * bytes, big-endian, and a mark. One signature covers both, and a slot that is read in place needs no second file.
 */
const MARK = "TMA\x01";
const TAIL_BYTES = 6;

/** @param about the model's name, then its labels in the order of its outputs, a line each */
export function packModel(model: string, about: string): string {
  const length = String.fromCharCode(about.length >> 8, about.length & 255);
  return model + about + length + MARK;
}

/** Bytes of the model in an image; 0 when nothing follows it: then its labels are elsewhere. */
export function modelLength(image: string): number {
  const end = image.length - TAIL_BYTES;
  if (end < 1 || image.substr(end + 2) !== MARK) return 0;
  const about = image.charCodeAt(end) * 256 + image.charCodeAt(end + 1);
  return about < end ? end - about : 0;
}

/** Name and labels, a line each. */
export function aboutModel(image: string, modelBytes: number): string {
  return image.substr(modelBytes, image.length - TAIL_BYTES - modelBytes);
}

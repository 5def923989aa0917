/** Is an HTTP answer all there, by its Content-Length or last chunk? */
export function isComplete(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = answer.slice(0, end);
  const body = answer.slice(end + 4);
  if (/^transfer-encoding:\s*chunked/im.test(head)) return /(^|\r\n)0+\r\n\r\n$/.test(body);
  const length = /^content-length:\s*(\d+)/im.exec(head)?.[1];
  return length !== undefined && body.length >= Number(length);
}

/** tus 1.0 at /device/v1/media: what must be answered in our own words first, then @tus/server. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { MEDIA_PATH } from "../../../device/protocol/check-in.ts";
import { httpError } from "../http-errors.ts";
import type { App, Services } from "./app.ts";

const CHUNK_BYTES_MAX = 4 * 1024 * 1024;

export function uploadRoutes(app: App, { uploads }: Services): void {
  app.removeAllContentTypeParsers();
  // The bytes go to tus as they come.
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));

  async function passOn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    await uploads.handle(request.cameraID, request.raw, reply.raw);
  }

  const options = { bodyLimit: CHUNK_BYTES_MAX };
  const uploadPath = `${MEDIA_PATH}/:uploadID`;
  const idOf = (request: FastifyRequest) => (request.params as { uploadID: string }).uploadID;

  /** Creation. **Errors:** BAD_UPLOAD, TOO_LARGE, MEDIA_STORED (the camera takes it as done), STORAGE_FULL */
  app.post(MEDIA_PATH, options, async (request, reply) => {
    await uploads.checkCreation(request.cameraID, request.headers);
    await passOn(request, reply);
  });

  app.options(MEDIA_PATH, options, passOn);

  /** Offset; that of a stored picture is its length. **Errors:** UPLOAD_UNKNOWN */
  app.head(uploadPath, options, async (request, reply) => {
    const size = await uploads.storedSize(request.cameraID, idOf(request));
    if (size === undefined) return passOn(request, reply);
    return reply
      .headers({ "tus-resumable": "1.0.0", "upload-offset": size, "upload-length": size })
      .status(200)
      .send();
  });

  /** Bytes. **Errors:** UPLOAD_UNKNOWN, MEDIA_STORED; NOT_A_JPEG with the last one */
  app.patch(uploadPath, options, async (request, reply) => {
    const size = await uploads.storedSize(request.cameraID, idOf(request));
    if (size !== undefined) throw httpError("MEDIA_STORED");
    await passOn(request, reply);
  });

  /** Give an unfinished upload up. **Errors:** UPLOAD_UNKNOWN, MEDIA_STORED */
  app.delete(uploadPath, options, async (request, reply) => {
    const size = await uploads.storedSize(request.cameraID, idOf(request));
    if (size !== undefined) throw httpError("MEDIA_STORED");
    await passOn(request, reply);
  });
}

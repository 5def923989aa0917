/** What a camera, a site or a group may be called, and where a camera may stand. */
import Type from "typebox";

/** A camera keeps 40 bytes of a name, in UTF-8; characters are counted here, bytes where it matters. */
const NAME_CHARACTERS = 40;

const line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$" });

/** Of a camera or a site. */
export const Name = line(NAME_CHARACTERS);
/** Of a group or a role. */
export const Label = line(60);
export const Latitude = Type.Union([Type.Number({ minimum: -90, maximum: 90 }), Type.Null()]);
export const Longitude = Type.Union([Type.Number({ minimum: -180, maximum: 180 }), Type.Null()]);

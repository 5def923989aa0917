/**
 * A camera's picture with the box of the detection over it. The SVG lies over the image with the same fit
 * ("contain" is "meet"), so the box stays on the animal at every size and shape.
 */
import { useState } from "preact/hooks";
import type { Media, Observation } from "../types.ts";
import { describeObservation, hasBox } from "../words.ts";
import { Icon } from "./icons.tsx";

interface PictureProps {
  observation: Observation;
  media: Media | undefined;
  showBox: boolean;
  isLarge?: boolean;
}

export function Picture({ observation, media, showBox, isLarge = false }: PictureProps) {
  const [failedUrl, setFailedUrl] = useState("");
  // The file's own size, known once it is loaded: it wins over what the camera announced, and the box waits for it.
  const [loaded, setLoaded] = useState({ url: "", width: 0, height: 0 });
  if (!media) return <NoPicture text="No picture with this detection" />;
  if (!media.stored) return <NoPicture text="Picture still on the camera" />;
  if (failedUrl === media.url) return <NoPicture text="This picture could not be loaded" />;
  const { url } = media;
  return (
    <div class="picture">
      <img
        key={url}
        src={url}
        width={media.width || undefined}
        height={media.height || undefined}
        alt={describeObservation(observation)}
        loading={isLarge ? "eager" : "lazy"}
        decoding="async"
        onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
          setLoaded({ url, width, height })
        }
        onError={() => setFailedUrl(url)}
      />
      {showBox && hasBox(observation) && loaded.url === url ? (
        <Box observation={observation} width={loaded.width} height={loaded.height} />
      ) : null}
    </div>
  );
}

interface BoxProps {
  observation: Observation;
  width: number;
  height: number;
}

/** Two strokes, dark below light, so that the box is seen on snow and at night. */
function Box({ observation: o, width, height }: BoxProps) {
  const rect = {
    x: o.bboxX * width,
    y: o.bboxY * height,
    width: o.bboxWidth * width,
    height: o.bboxHeight * height,
  };
  return (
    <svg
      class={`box box-${o.observationType}`}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
      focusable="false"
    >
      <rect class="box-under" {...rect} />
      <rect class="box-over" {...rect} />
    </svg>
  );
}

function NoPicture({ text }: { text: string }) {
  return (
    <div class="picture picture-none">
      <p>
        <Icon name="camera" />
        <span>{text}</span>
      </p>
    </div>
  );
}

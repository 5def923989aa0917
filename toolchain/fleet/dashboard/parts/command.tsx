/** A command to type, with a button that copies it where the browser allows that. */
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

export function Command({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="command">
      <code>
        {text.split(" ").map((word) => (
          <Fragment key={word}>
            <span>{word}</span>{" "}
          </Fragment>
        ))}
      </code>
      {"clipboard" in navigator ? (
        <button type="button" class="quiet" onClick={() => void copy()}>
          <Icon name={isCopied ? "check" : "copy"} /> {isCopied ? "Copied" : "Copy"}
        </button>
      ) : null}
    </div>
  );
}

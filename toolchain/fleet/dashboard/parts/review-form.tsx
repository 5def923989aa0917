/** The line to type a label or a note into, with the names that are known here. Enter decides, Escape goes back. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { TYPE_NAMES } from "../review-api.ts";

export type ReviewMode = "correct" | "split" | "flag";

const WORDS: Record<ReviewMode, { label: string; button: string }> = {
  correct: { label: "What is it really?", button: "Correct" },
  split: { label: "What else is in the pictures?", button: "Split" },
  flag: { label: "Why should somebody look again?", button: "Flag" },
};

interface Props {
  mode: ReviewMode;
  taxa: string[];
  onSubmit: (text: string) => void;
  onCancel: () => void;
}

export function ReviewForm({ mode, taxa, onSubmit, onCancel }: Props) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), [mode]);
  const { label, button } = WORDS[mode];
  return (
    <form
      class="review-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() || mode === "flag") onSubmit(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      <label for="review-text">{label}</label>
      <input
        ref={input}
        id="review-text"
        list={mode === "flag" ? undefined : "review-names"}
        autocomplete="off"
        maxLength={mode === "flag" ? 300 : 80}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <datalist id="review-names">
        {[...taxa, "animal", ...TYPE_NAMES].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <button type="submit" class="primary">
        {button}
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </form>
  );
}

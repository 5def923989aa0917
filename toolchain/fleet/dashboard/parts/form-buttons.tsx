/** The end of a form: what sends it, what leaves it, and what else it has. */
import type { ComponentChildren } from "preact";

interface FormButtonsProps {
  label: string;
  onCancel: () => void;
  isOff?: boolean;
  class?: "alert-actions" | "page-actions";
  children?: ComponentChildren;
}

export function FormButtons({ label, onCancel, isOff = false, ...rest }: FormButtonsProps) {
  return (
    <div class={rest.class ?? "alert-actions"}>
      <button type="submit" class="primary" disabled={isOff}>
        {label}
      </button>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      {rest.children}
    </div>
  );
}

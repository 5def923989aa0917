/** What went wrong, said at once to screen readers too; empty when nothing did. */
import { Icon } from "./icons.tsx";

export function Problem({ text }: { text: string }) {
  return (
    <p class="problem" role="alert">
      {text ? (
        <>
          <Icon name="warning" /> <span>{text}</span>
        </>
      ) : null}
    </p>
  );
}

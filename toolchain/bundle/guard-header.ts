/** The boot guard as C text, for the firmware: native/espruino/boot_guard.h is made from it, and a test compares. */

const LINE_CHARS = 90;

/** @param code the built guard: printable ASCII */
export function guardHeader(code: string): string {
  const lines: string[] = [];
  for (let at = 0; at < code.length; at += LINE_CHARS)
    lines.push(`    ${JSON.stringify(code.slice(at, at + LINE_CHARS))}`);
  return `// The boot guard, device/boot as built. Made by: npx toolchain build --guard-header FILE
#ifndef THICKET_BOOT_GUARD_H
#define THICKET_BOOT_GUARD_H

static const char thicket_boot_guard[] =
${lines.join("\n")};

#endif
`;
}

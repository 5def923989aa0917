// The hook that runs the boot guard, as Espruino's generated table calls it.
#ifndef JSWRAP_BOOT_H
#define JSWRAP_BOOT_H

void jswrap_boot_init(void);

#endif

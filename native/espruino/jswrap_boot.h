#ifndef JSWRAP_BOOT_H
#define JSWRAP_BOOT_H

void jswrap_boot_init(void);

#endif

// Stands for the header of this name of ESP-IDF or a component: see idf.h.
#include "../idf.h"

// How the public functions are made visible: in the wasm build a default-visibility function is
// exported under its own name, everything else is hidden and may be dropped. Elsewhere the word
// means nothing.
#ifndef THICKET_API_H
#define THICKET_API_H

#if defined(__wasm__)
#define THICKET_API __attribute__((visibility("default")))
#else
#define THICKET_API
#endif

#endif

// Camera pins by board. Made from boards.json by build.ts: change it there. -1: no such line.
#ifndef THICKET_PINS_H
#define THICKET_PINS_H

#if defined(THICKET_XIAO_ESP32S3_SENSE)  // Seeed Studio XIAO ESP32S3 Sense; Seeed Studio wiki, XIAO ESP32S3 Sense, camera pin definition
#define THICKET_PIN_PWDN  -1
#define THICKET_PIN_RESET -1
#define THICKET_PIN_XCLK  10
#define THICKET_PIN_SIOD  40
#define THICKET_PIN_SIOC  39
#define THICKET_PIN_D0    15
#define THICKET_PIN_D1    17
#define THICKET_PIN_D2    18
#define THICKET_PIN_D3    16
#define THICKET_PIN_D4    14
#define THICKET_PIN_D5    12
#define THICKET_PIN_D6    11
#define THICKET_PIN_D7    48
#define THICKET_PIN_VSYNC 38
#define THICKET_PIN_HREF  47
#define THICKET_PIN_PCLK  13

#elif defined(THICKET_ESP32S3_EYE)  // Espressif ESP32-S3-EYE; Espressif arduino-esp32, camera_pins.h, model ESP32S3_EYE
#define THICKET_PIN_PWDN  -1
#define THICKET_PIN_RESET -1
#define THICKET_PIN_XCLK  15
#define THICKET_PIN_SIOD  4
#define THICKET_PIN_SIOC  5
#define THICKET_PIN_D0    11
#define THICKET_PIN_D1    9
#define THICKET_PIN_D2    8
#define THICKET_PIN_D3    10
#define THICKET_PIN_D4    12
#define THICKET_PIN_D5    18
#define THICKET_PIN_D6    17
#define THICKET_PIN_D7    16
#define THICKET_PIN_VSYNC 6
#define THICKET_PIN_HREF  7
#define THICKET_PIN_PCLK  13

#elif defined(THICKET_FREENOVE_ESP32S3)  // Freenove ESP32-S3-WROOM CAM; Freenove ESP32-S3 WROOM board documentation: the camera is wired as on the ESP32-S3-EYE
#define THICKET_PIN_PWDN  -1
#define THICKET_PIN_RESET -1
#define THICKET_PIN_XCLK  15
#define THICKET_PIN_SIOD  4
#define THICKET_PIN_SIOC  5
#define THICKET_PIN_D0    11
#define THICKET_PIN_D1    9
#define THICKET_PIN_D2    8
#define THICKET_PIN_D3    10
#define THICKET_PIN_D4    12
#define THICKET_PIN_D5    18
#define THICKET_PIN_D6    17
#define THICKET_PIN_D7    16
#define THICKET_PIN_VSYNC 6
#define THICKET_PIN_HREF  7
#define THICKET_PIN_PCLK  13

#elif defined(THICKET_ESP32_CAM)  // AI-Thinker ESP32-CAM; Espressif arduino-esp32, camera_pins.h, model AI_THINKER
#define THICKET_PIN_PWDN  32
#define THICKET_PIN_RESET -1
#define THICKET_PIN_XCLK  0
#define THICKET_PIN_SIOD  26
#define THICKET_PIN_SIOC  27
#define THICKET_PIN_D0    5
#define THICKET_PIN_D1    18
#define THICKET_PIN_D2    19
#define THICKET_PIN_D3    21
#define THICKET_PIN_D4    36
#define THICKET_PIN_D5    39
#define THICKET_PIN_D6    34
#define THICKET_PIN_D7    35
#define THICKET_PIN_VSYNC 25
#define THICKET_PIN_HREF  23
#define THICKET_PIN_PCLK  22

#else
#error "name the board: -DTHICKET_XIAO_ESP32S3_SENSE or another one of boards.json"
#endif

#endif

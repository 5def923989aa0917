# Espruino board files from boards.json: each THICKET_*.py beside this file asks for its board. Copy this folder's .py and
# .json files into the boards folder of an Espruino checkout. Read by Espruino's build only.
import json
import os

import pinutils

HERE = os.path.dirname(os.path.abspath(__file__))
STORAGE = {"partitions-8mb.csv": (0x320000, 224, 2048), "partitions-4mb.csv": (0x2F0000, 80, 1472)}
LIBRARIES = ["ESP32", "NET", "CRYPTO", "SHA256", "TLS"]


def board(name):
    """What an Espruino board file defines: info, chip, devices, boards, get_pins."""
    with open(os.path.join(HERE, "boards.json"), encoding="utf8") as file:
        row = json.load(file)[name]
    is_s3 = row["chip"] == "ESP32-S3"
    address, pages, firmware_kb = STORAGE[row["partitions"]]
    defines = [
        "DEFINES+=-DESP_PLATFORM -DESP32=1 -DESP_STACK_SIZE=25000 -DJSVAR_MALLOC",
        "DEFINES+=-DTHICKET -D%s" % name,
        "ESP32_FLASH_MAX=%d" % (firmware_kb * 1024),
    ]
    if is_s3:
        defines.append("DEFINES+=-DESPR_USE_USB_SERIAL_JTAG")
    info = {
        "name": row["title"],
        "espruino_page_link": "ESP32",
        "default_console": "EV_SERIAL1",
        "default_console_baudrate": "115200",
        "variables": 16383,
        "io_buffer_size": 4096,
        "binary_name": "espruino_%v_" + name.lower() + ".bin",
        "build": {"optimizeflags": "-Og", "libraries": LIBRARIES, "makefile": defines},
    }
    chip = {
        "part": "ESP32S3" if is_s3 else "ESP32",
        "family": "ESP32_IDF4",
        "package": "",
        "ram": 512,
        "flash": 0,
        "speed": 240,
        "usart": 3,
        "spi": 2,
        "i2c": 2,
        "adc": 2,
        "dac": 0 if is_s3 else 2,
        "saved_code": {
            "address": address,
            "page_size": 4096,
            "pages": pages,
            "flash_available": firmware_kb,
        },
    }
    devices = {"LED1": {"pin": "D%d" % row["led"]}}
    if row["camera"]["xclk"] != 0:  # the boot button's pin is the camera's clock on some boards
        devices["BTN1"] = {"pin": "D0", "inverted": 1, "pinstate": "IN_PULLUP"}

    def get_pins():
        pins = pinutils.generate_pins(0, 48 if is_s3 else 39)
        functions = {43: "USART1_TX", 44: "USART1_RX"} if is_s3 else {1: "USART1_TX", 3: "USART1_RX"}
        if row["batteryPin"] >= 0 and is_s3:
            # ADC1 of the ESP32-S3: channel n is GPIO n+1. Espruino's own board file names none.
            functions[row["batteryPin"]] = "ADC1_IN%d" % (row["batteryPin"] - 1)
        for pin, function in functions.items():
            pinutils.findpin(pins, "PD%d" % pin, True)["functions"][function] = 0
        return pins

    return info, chip, devices, [], get_pins

from thicket_boards import board

info, chip, devices, boards, get_pins = board("THICKET_ESP32_CAM")

// Port to the ESP32: the vault's partition (type data, subtype 0x41, boards/partitions-*.csv),
// mapped into memory as a whole. Source: ESP-IDF, esp_partition.h; a write through that API also
// brings the cache behind the mapping up to date.
#include "../thicket_port.h"

#include <esp_idf_version.h>
#include <esp_partition.h>

#define VAULT_SUBTYPE 0x41
#if ESP_IDF_VERSION_MAJOR >= 5
#define DATA_MAP   ESP_PARTITION_MMAP_DATA
#define MAP_HANDLE esp_partition_mmap_handle_t
#else
#define DATA_MAP   SPI_FLASH_MMAP_DATA
#define MAP_HANDLE spi_flash_mmap_handle_t
#endif

static const esp_partition_t *partition;
static const uint8_t *mapped;

static int32_t flash_read(void *port, uint32_t address, void *data, uint32_t bytes) {
  (void)port;
  return esp_partition_read(partition, address, data, bytes);
}

static int32_t flash_prog(void *port, uint32_t address, const void *data, uint32_t bytes) {
  (void)port;
  return esp_partition_write(partition, address, data, bytes);
}

static int32_t flash_erase(void *port, uint32_t address) {
  (void)port;
  return esp_partition_erase_range(partition, address, THICKET_FLASH_PAGE);
}

const thicket_flash *thicket_port_flash(uint32_t *bytes) {
  static const thicket_flash flash = {NULL, flash_read, flash_prog, flash_erase};
  if (!partition)
    partition = esp_partition_find_first(ESP_PARTITION_TYPE_DATA,
                                         (esp_partition_subtype_t)VAULT_SUBTYPE, NULL);
  *bytes = partition ? partition->size : 0;
  return partition ? &flash : NULL;
}

const uint8_t *thicket_port_flash_map(uint32_t address, uint32_t bytes) {
  uint32_t size;
  if (!thicket_port_flash(&size) || address > size || bytes > size - address) return NULL;
  if (!mapped) {
    // Never unmapped: programs run from it.
    MAP_HANDLE handle;
    const void *memory;
    if (esp_partition_mmap(partition, 0, size, DATA_MAP, &memory, &handle)) return NULL;
    mapped = memory;
  }
  return mapped + address;
}

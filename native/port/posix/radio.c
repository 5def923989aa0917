// Port to a Unix: the radio is the loopback network. Every program that opened the same channel
// hears what is sent on it, by multicast on 127.0.0.1; THICKET_RADIO_ADDRESS is the board's own
// address, by default 02:00 and the process's number. Frames are not encrypted: a key only decides
// who understands whom, as on the air.
#define _DEFAULT_SOURCE
#include "../thicket_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP     "239.84.72.75"
#define PORT_BASE 18700
// ESP-NOW's limits.
#define PEERS_MAX     20
#define KEY_PEERS_MAX 6
#define ALL_SIX       THICKET_RADIO_ADDRESS_BYTES

typedef struct {
  uint8_t address[ALL_SIX];
  uint8_t has_key;
  uint8_t key[THICKET_RADIO_KEY_BYTES];
} peer;

// On the wire: from, to, whether there is a key, the key's bytes, data.
typedef struct {
  uint8_t from[ALL_SIX], to[ALL_SIX];
  uint8_t has_key;
  uint8_t key[THICKET_RADIO_KEY_BYTES];
  uint8_t data[THICKET_RADIO_BYTES_MAX];
} packet;

#define HEAD_BYTES (sizeof(packet) - THICKET_RADIO_BYTES_MAX)

static const uint8_t EVERYBODY[ALL_SIX] = {255, 255, 255, 255, 255, 255};

static int connection = -1;
static struct sockaddr_in group;
static uint8_t own[ALL_SIX];
static peer peers[PEERS_MAX];
static int peer_count, has_result;

static void find_address(void) {
  const char *text = getenv("THICKET_RADIO_ADDRESS");
  unsigned part[ALL_SIX];
  uint32_t number = (uint32_t)getpid();
  const uint8_t made[ALL_SIX] = {2,
                                 0,
                                 (uint8_t)(number >> 24),
                                 (uint8_t)(number >> 16),
                                 (uint8_t)(number >> 8),
                                 (uint8_t)number};
  memcpy(own, made, sizeof own);
  if (text && sscanf(text, "%x:%x:%x:%x:%x:%x", &part[0], &part[1], &part[2], &part[3], &part[4],
                     &part[5]) == ALL_SIX)
    for (int i = 0; i < ALL_SIX; i++) own[i] = (uint8_t)part[i];
}

int32_t thicket_port_radio_open(int32_t channel) {
  const int yes = 1;
  struct ip_mreq joined;
  memset(&group, 0, sizeof group);
  group.sin_family = AF_INET;
  group.sin_port = htons((uint16_t)(PORT_BASE + channel));
  group.sin_addr.s_addr = inet_addr(GROUP);
  joined.imr_multiaddr = group.sin_addr;
  joined.imr_interface.s_addr = htonl(INADDR_LOOPBACK);
  find_address();
  connection = socket(AF_INET, SOCK_DGRAM, 0);
  if (connection < 0) return THICKET_E_RADIO_PORT;
  if (setsockopt(connection, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
      setsockopt(connection, IPPROTO_IP, IP_MULTICAST_IF, &joined.imr_interface,
                 sizeof joined.imr_interface) ||
      setsockopt(connection, IPPROTO_IP, IP_ADD_MEMBERSHIP, &joined, sizeof joined) ||
      fcntl(connection, F_SETFL, O_NONBLOCK) ||
      bind(connection, (struct sockaddr *)&group, sizeof group)) {
    thicket_port_radio_close();
    return THICKET_E_RADIO_PORT;
  }
  return THICKET_OK;
}

void thicket_port_radio_close(void) {
  if (connection >= 0) close(connection);
  connection = -1;
  peer_count = has_result = 0;
}

int32_t thicket_port_radio_address(uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  memcpy(address, own, sizeof own);
  return THICKET_OK;
}

static peer *find(const uint8_t address[ALL_SIX]) {
  for (int i = 0; i < peer_count; i++)
    if (!memcmp(peers[i].address, address, ALL_SIX)) return &peers[i];
  return NULL;
}

int32_t thicket_port_radio_add_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                    const uint8_t *key) {
  peer *known = find(address);
  int with_key = 0;
  if (key && !memcmp(address, EVERYBODY, ALL_SIX)) return THICKET_E_ARGUMENT;
  for (int i = 0; i < peer_count; i++) with_key += peers[i].has_key && &peers[i] != known;
  if (key && with_key >= KEY_PEERS_MAX) return THICKET_E_RADIO_PEERS;
  if (!known && peer_count == PEERS_MAX) return THICKET_E_RADIO_PEERS;
  if (!known) known = &peers[peer_count++];
  memset(known, 0, sizeof *known);
  memcpy(known->address, address, ALL_SIX);
  known->has_key = key != NULL;
  if (key) memcpy(known->key, key, sizeof known->key);
  return THICKET_OK;
}

int32_t thicket_port_radio_remove_peer(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES]) {
  peer *known = find(address);
  if (!known) return THICKET_E_RADIO_PEER;
  *known = peers[--peer_count];
  return THICKET_OK;
}

int32_t thicket_port_radio_send(const uint8_t address[THICKET_RADIO_ADDRESS_BYTES],
                                const uint8_t *data, uint32_t bytes) {
  const peer *to = find(address);
  packet sent;
  if (!to) return THICKET_E_RADIO_PEER;
  memcpy(sent.from, own, ALL_SIX);
  memcpy(sent.to, address, ALL_SIX);
  sent.has_key = to->has_key;
  memcpy(sent.key, to->key, sizeof sent.key);
  memcpy(sent.data, data, bytes);
  ssize_t gone =
      sendto(connection, &sent, HEAD_BYTES + bytes, 0, (struct sockaddr *)&group, sizeof group);
  has_result = gone > 0;
  return has_result ? THICKET_OK : THICKET_E_RADIO_PORT;
}

// Nobody acknowledges here: that it was sent counts as delivered.
int32_t thicket_port_radio_sent(bool *is_delivered) {
  *is_delivered = true;
  int32_t is_known = has_result;
  has_result = 0;
  return is_known;
}

static int is_for_us(const packet *heard) {
  const peer *from = find(heard->from);
  if (!memcmp(heard->from, own, ALL_SIX)) return 0;
  if (memcmp(heard->to, own, ALL_SIX) && memcmp(heard->to, EVERYBODY, ALL_SIX)) return 0;
  if (!heard->has_key) return 1;
  return from && from->has_key && !memcmp(from->key, heard->key, sizeof heard->key);
}

int32_t thicket_port_radio_receive(thicket_radio_frame *frame) {
  packet heard;
  for (;;) {
    ssize_t bytes = recv(connection, &heard, sizeof heard, 0);
    if (bytes <= (ssize_t)HEAD_BYTES) return 0;
    if (!is_for_us(&heard)) continue;
    memcpy(frame->address, heard.from, ALL_SIX);
    frame->bytes = (uint32_t)((size_t)bytes - HEAD_BYTES);
    memcpy(frame->data, heard.data, frame->bytes);
    frame->rssi_dbm = 0;
    return 1;
  }
}

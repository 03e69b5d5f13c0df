// SPDX-License-Identifier: Apache-2.0

// Sends each line that is typed as the payload of an IPv4 packet of protocol 253, and ends after QUIT.
//
// Arguments are identifications in hexadecimal: then it writes the headers itself, each with the next of them and a
// TTL of 128, as the documented page shows them.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { protocol = 253, time_to_live = 128, longest_line = 65000 };

static struct {
  struct iphdr header;
  char text[longest_line];
} packet;

// Linux fills in the total length and the checksum of a header of one's own (raw(7)).
static void write_header(in_addr_t receiver, unsigned long identification) {
  packet.header = (struct iphdr){.version = 4,
                                 .ihl = 5,
                                 .ttl = time_to_live,
                                 .protocol = protocol,
                                 .id = htons((uint16_t)identification),
                                 .saddr = inet_addr("1.1.1.100"),
                                 .daddr = receiver};
}

int main(int count, char **arguments) {
  struct sockaddr_in receiver = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr("1.1.1.1")};
  int raw = socket(AF_INET, SOCK_RAW, protocol);
  int own_header = count > 1;
  if (raw < 0 || (own_header && setsockopt(raw, IPPROTO_IP, IP_HDRINCL, &own_header, sizeof own_header) < 0)) {
    perror("socket");
    return 1;
  }
  for (int next = 1; fgets(packet.text, sizeof packet.text, stdin) != NULL; next++) {
    size_t length = strcspn(packet.text, "\n");
    packet.text[length] = '\0';
    const void *bytes = packet.text;
    if (own_header && next < count) {
      write_header(receiver.sin_addr.s_addr, strtoul(arguments[next], NULL, 16));
      bytes = &packet;
      length += sizeof packet.header;
    }
    if (sendto(raw, bytes, length, 0, (struct sockaddr *)&receiver, sizeof receiver) < 0) {
      perror("sendto");
      return 1;
    }
    if (strcasecmp(packet.text, "QUIT") == 0) break;
  }
  return 0;
}

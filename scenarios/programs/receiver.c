// SPDX-License-Identifier: Apache-2.0

// Prints each IPv4 packet of protocol 253 in hexadecimal, then its text, and ends at one that contains QUIT.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { protocol = 253, longest_packet = 65535 };

int main(void) {
  struct sockaddr_in own = {.sin_family = AF_INET};
  inet_pton(AF_INET, "1.1.1.1", &own.sin_addr);
  int raw = socket(AF_INET, SOCK_RAW, protocol);
  if (raw < 0 || bind(raw, (struct sockaddr *)&own, sizeof own) < 0) {
    perror("socket");
    return 1;
  }
  static char packet[longest_packet + 1];
  for (;;) {
    ssize_t length = recv(raw, packet, longest_packet, 0);
    if (length < 0) {
      perror("recv");
      return 1;
    }
    for (ssize_t index = 0; index < length; index++) printf("%02x", (unsigned char)packet[index]);
    packet[length] = '\0';
    const char *text = packet + (packet[0] & 0x0f) * 4;
    printf("\n%s\n", text);
    fflush(stdout);
    if (strcasestr(text, "QUIT") != NULL) return 0;
  }
}

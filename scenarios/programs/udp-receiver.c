// SPDX-License-Identifier: Apache-2.0

// Prints each UDP datagram in hexadecimal, then its text, and ends at one that contains QUIT.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { port = 7777, longest_payload = 65535 };

int main(void) {
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("1.1.1.1")};
  int own = socket(AF_INET, SOCK_DGRAM, 0);
  if (own < 0 || bind(own, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("socket");
    return 1;
  }
  static char payload[longest_payload + 1];
  for (;;) {
    ssize_t length = recv(own, payload, longest_payload, 0);
    if (length < 0) {
      perror("recv");
      return 1;
    }
    for (ssize_t index = 0; index < length; index++) printf("%02x", (unsigned char)payload[index]);
    payload[length] = '\0';
    printf("\n%s\n", payload);
    fflush(stdout);
    if (strcasestr(payload, "QUIT") != NULL) return 0;
  }
}

// SPDX-License-Identifier: Apache-2.0

// Sends each UDP datagram back to where it came from, and ends after one that is QUIT.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>

enum { port = 7777, longest_payload = 65535 };

int main(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  int own = socket(AF_INET, SOCK_DGRAM, 0);
  if (own < 0 || bind(own, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("socket");
    return 1;
  }
  static char data[longest_payload];
  for (;;) {
    struct sockaddr_in client;
    socklen_t size = sizeof client;
    ssize_t length = recvfrom(own, data, sizeof data, 0, (struct sockaddr *)&client, &size);
    if (length < 0 || sendto(own, data, (size_t)length, 0, (struct sockaddr *)&client, size) < 0) {
      perror("echo");
      return 1;
    }
    if (length == 4 && strncasecmp(data, "QUIT", 4) == 0) return 0;
  }
}

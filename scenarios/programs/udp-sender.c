// SPDX-License-Identifier: Apache-2.0

// Sends each line that is typed as a UDP datagram, and ends after QUIT.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { port = 7777, longest_line = 65000 };

int main(void) {
  struct sockaddr_in receiver = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("1.1.1.1")};
  int own = socket(AF_INET, SOCK_DGRAM, 0);
  if (own < 0) {
    perror("socket");
    return 1;
  }
  static char line[longest_line];
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t length = strcspn(line, "\n");
    line[length] = '\0';
    if (sendto(own, line, length, 0, (struct sockaddr *)&receiver, sizeof receiver) < 0) {
      perror("sendto");
      return 1;
    }
    if (strcasecmp(line, "QUIT") == 0) break;
  }
  return 0;
}

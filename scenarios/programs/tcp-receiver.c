// SPDX-License-Identifier: Apache-2.0

// Prints each text that comes on a TCP connection, its length before it in two bytes, and ends at one that has QUIT.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { port = 7777, longest_text = 65535 };

// How bytes come in pieces is TCP's affair: this waits until there are as many.
static bool read_all(int connection, void *bytes, size_t count) {
  return count == 0 || recv(connection, bytes, count, MSG_WAITALL) == (ssize_t)count;
}

int main(void) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("1.1.1.1")};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, 1) < 0) {
    perror("listen");
    return 1;
  }
  int connection = accept(listener, NULL, NULL);
  uint16_t length;
  static char text[longest_text + 1];
  while (read_all(connection, &length, sizeof length) && read_all(connection, text, ntohs(length))) {
    text[ntohs(length)] = '\0';
    puts(text);
    fflush(stdout);
    if (strcasestr(text, "QUIT") != NULL) return 0;
  }
  fputs("the connection ended before QUIT came\n", stderr);
  return 1;
}

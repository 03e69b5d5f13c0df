// SPDX-License-Identifier: Apache-2.0

// Sends each line that is typed as a UDP datagram to an echo server, prints what comes back, and ends after QUIT.
//
// What is not answered within a second is sent again, four times at most; then the client ends with status 3.

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum { port = 7777, attempts = 4, seconds = 1, longest_line = 65000 };

// An answer to what was sent twice may come twice, the second one behind the next question.
static bool is_answered(int server, const char *question, size_t length) {
  static char answer[longest_line];
  for (;;) {
    ssize_t received = recv(server, answer, sizeof answer, 0);
    if (received < 0 && errno == EAGAIN) return false;
    if (received < 0) {
      perror("recv");
      exit(1);
    }
    if ((size_t)received == length && memcmp(answer, question, length) == 0) return true;
  }
}

static void ask(int server, const char *question, size_t length) {
  for (int attempt = 0; attempt < attempts; attempt++) {
    if (send(server, question, length, 0) < 0) {
      perror("send");
      exit(1);
    }
    if (is_answered(server, question, length)) return;
  }
  exit(3);
}

int main(void) {
  struct sockaddr_in address = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("1.1.1.1")};
  struct timeval time = {.tv_sec = seconds};
  int server = socket(AF_INET, SOCK_DGRAM, 0);
  if (server < 0 || setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) < 0 ||
      connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("socket");
    return 1;
  }
  static char line[longest_line];
  while (fgets(line, sizeof line, stdin) != NULL) {
    size_t length = strcspn(line, "\n");
    line[length] = '\0';
    ask(server, line, length);
    puts(line);
    fflush(stdout);
    if (strcasecmp(line, "QUIT") == 0) break;
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0

// Sends each line that is typed on a TCP connection, its length before it in two bytes, and ends after QUIT.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { port = 7777, longest_line = 65000 };

static struct {
  uint16_t length;
  char text[longest_line];
} message;

// A call may take less than it is given.
static bool send_all(int connection, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t taken = send(connection, bytes, count, MSG_NOSIGNAL);
    if (taken < 0) return false;
    bytes += taken;
    count -= (size_t)taken;
  }
  return true;
}

int main(void) {
  struct sockaddr_in receiver = {
    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("1.1.1.1")};
  int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&receiver, sizeof receiver) < 0) {
    perror("connect");
    return 1;
  }
  while (fgets(message.text, sizeof message.text, stdin) != NULL) {
    size_t length = strcspn(message.text, "\n");
    message.length = htons((uint16_t)length);
    if (!send_all(connection, (const char *)&message, sizeof message.length + length)) {
      perror("send");
      return 1;
    }
    message.text[length] = '\0';
    if (strcasecmp(message.text, "QUIT") == 0) break;
  }
  close(connection);
  return 0;
}

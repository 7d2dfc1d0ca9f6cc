/* Loaded into a token worker together with softoken, tries at once what a worker has no business with, and says what it was answered:
   "prying: WHAT: ERRNO". OUTSIDE is a file that is not the worker's. With FREE in the environment it leaves out what would stop who is free to do it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell(const char *what, int failed) {
  char line[64];
  int length = snprintf(line, sizeof line, "prying: %s: %d\n", what, failed ? errno : 0);
  if (write(2, line, length) < 0) _exit(1);
}

__attribute__((constructor)) static void pry(void) {
  tell("read", open(OUTSIDE, O_RDONLY) < 0);
  tell("write", open(OUTSIDE, O_WRONLY) < 0);
  tell("make", open(OUTSIDE ".made", O_WRONLY | O_CREAT, 0600) < 0);
  tell("remove", unlink(OUTSIDE ".other") < 0);
  tell("socket", socket(AF_INET, SOCK_STREAM, 0) < 0);
  if (getenv("FREE")) return;
  tell("trace", ptrace(PTRACE_TRACEME, 0, 0, 0) < 0);
  tell("signal", kill(getppid(), 0) < 0);
  char *arguments[] = {"true", NULL};
  tell("program", execv("/bin/true", arguments) < 0);
}

/* A PKCS#11 module for tests that hangs, dies or loses its token where it is told to: by the text that NSS calls LibraryParameters, which
   comes as the reserved pointer of C_Initialize. Words: hang-initialize, die-initialize, hang-login, hang-find, die-find, final-try, pin-locked, and vanish=FILE, which takes
   the token out of its slot for as long as FILE exists. Without any it has one slot with one empty token of the label "troublesome", whose
   PIN is 1234. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long number;
typedef unsigned char octet;
struct version { octet major, minor; };
struct info { struct version cryptoki; octet manufacturer[32]; number flags; octet description[32]; struct version library; };
struct slot_info { octet description[64], manufacturer[32]; number flags; struct version hardware, firmware; };
struct token_info {
  octet label[32], manufacturer[32], model[16], serial[16];
  number flags, counts[10];
  struct version hardware, firmware;
  octet time[16];
};
struct session_info { number slot, state, flags, error; };
struct arguments { void *functions[4]; number flags; char *reserved; };

enum { OK = 0, PIN_INCORRECT = 0xA0, NOT_SUPPORTED = 0x54, TOKEN_NOT_PRESENT = 0xE0, ALREADY_LOGGED_IN = 0x100, BUFFER_TOO_SMALL = 0x150 };

static char words[1024];
static int logged_in;

static int told(const char *word) { return strstr(words, word) != NULL; }

static int present(void) {
  const char *file = strstr(words, "vanish=");
  return !file || access(file + 7, F_OK) != 0;
}

static void hang(void) { for (;;) pause(); }

static void fill(octet *field, number length, const char *text) {
  memset(field, ' ', length);
  memcpy(field, text, strlen(text));
}

static number unsupported(void) { return NOT_SUPPORTED; }

static number initialize(struct arguments *given) {
  if (given && given->reserved) strncpy(words, given->reserved, sizeof words - 1);
  if (told("hang-initialize")) hang();
  if (told("die-initialize")) abort();
  return OK;
}

static number finalize(void *reserved) { (void)reserved; return OK; }

static number get_info(struct info *info) {
  memset(info, 0, sizeof *info);
  info->cryptoki.major = 2; info->cryptoki.minor = 40;
  info->library.major = 1;
  fill(info->manufacturer, 32, "Certdeck tests");
  fill(info->description, 32, "Troublesome module");
  return OK;
}

static number get_slot_list(octet with_token, number *slots, number *count) {
  number found = with_token && !present() ? 0 : 1;
  if (slots && *count < found) return BUFFER_TOO_SMALL;
  if (slots && found) slots[0] = 5;
  *count = found;
  return OK;
}

static number get_slot_info(number slot, struct slot_info *info) {
  (void)slot;
  memset(info, 0, sizeof *info);
  fill(info->description, 64, "Troublesome slot");
  fill(info->manufacturer, 32, "Certdeck tests");
  info->flags = 2 | (present() ? 1 : 0);
  return OK;
}

static number get_token_info(number slot, struct token_info *info) {
  (void)slot;
  if (!present()) return TOKEN_NOT_PRESENT;
  memset(info, 0, sizeof *info);
  fill(info->label, 32, "troublesome");
  fill(info->manufacturer, 32, "Certdeck tests");
  fill(info->model, 16, "T1");
  fill(info->serial, 16, "0001");
  fill(info->time, 16, "");
  info->flags = 0x4 | 0x8 | 0x400; /* login required, PIN set, initialised */
  if (told("final-try")) info->flags |= 0x20000;
  if (told("pin-locked")) info->flags |= 0x40000;
  return OK;
}

static number get_mechanism_list(number slot, number *list, number *count) { (void)slot; (void)list; *count = 0; return OK; }

static number open_session(number slot, number flags, void *application, void *notify, number *session) {
  (void)slot; (void)flags; (void)application; (void)notify;
  if (!present()) return TOKEN_NOT_PRESENT;
  *session = 1;
  return OK;
}

static number close_session(number session) { (void)session; return OK; }

static number get_session_info(number session, struct session_info *info) {
  (void)session;
  if (!present()) return TOKEN_NOT_PRESENT;
  memset(info, 0, sizeof *info);
  info->slot = 5;
  info->state = logged_in ? 3 : 2;
  info->flags = 6;
  return OK;
}

static number login(number session, number user, octet *pin, number length) {
  (void)session; (void)user;
  if (told("hang-login")) hang();
  if (!present()) return TOKEN_NOT_PRESENT;
  if (logged_in) return ALREADY_LOGGED_IN;
  if (length != 4 || memcmp(pin, "1234", 4)) return PIN_INCORRECT;
  logged_in = 1;
  return OK;
}

static number logout(number session) { (void)session; logged_in = 0; return OK; }

static number find_init(number session, void *template, number count) {
  (void)session; (void)template; (void)count;
  if (told("die-find")) abort();
  if (told("hang-find")) hang();
  return present() ? OK : TOKEN_NOT_PRESENT;
}

static number find(number session, number *objects, number most, number *count) {
  (void)session; (void)objects; (void)most;
  *count = 0;
  return OK;
}

static number find_final(number session) { (void)session; return OK; }

static struct { struct version version; void *functions[68]; } list;

number C_GetFunctionList(void **out) {
  list.version.major = 2; list.version.minor = 40;
  for (int place = 0; place < 68; place++) list.functions[place] = (void *)unsupported;
  list.functions[0] = (void *)initialize;
  list.functions[1] = (void *)finalize;
  list.functions[2] = (void *)get_info;
  list.functions[3] = (void *)C_GetFunctionList;
  list.functions[4] = (void *)get_slot_list;
  list.functions[5] = (void *)get_slot_info;
  list.functions[6] = (void *)get_token_info;
  list.functions[7] = (void *)get_mechanism_list;
  list.functions[12] = (void *)open_session;
  list.functions[13] = (void *)close_session;
  list.functions[15] = (void *)get_session_info;
  list.functions[18] = (void *)login;
  list.functions[19] = (void *)logout;
  list.functions[26] = (void *)find_init;
  list.functions[27] = (void *)find;
  list.functions[28] = (void *)find_final;
  *out = &list;
  return OK;
}

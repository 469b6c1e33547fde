/* PN532 card reader on its high-speed UART and on I2C, with one of five cards held before it by a control.
 *
 * Frames: PN532 User Manual UM0701-02 section 6.2.1, commands section 7, I2C handshake section 6.2.4. The same part as
 * hardware/bench/pn532.py, which says why. Cards are ISO/IEC 14443-3 type A with 4, 7 or 10 bytes of UID.
 */
#include "wokwi-api.h"

enum { ACK_US = 1000, ANSWER_US = 3000, DETECT_US = 20000, RETRY_US = 30000, LOOK_US = 5000 };
enum { BUFFER = 280, FRAME = 40, QUEUE = 4, FOREVER = 0xFF, I2C_ADDRESS = 0x24 };
enum { GET_FIRMWARE_VERSION = 0x02, SAM_CONFIGURATION = 0x14, POWER_DOWN = 0x16, RF_CONFIGURATION = 0x32,
       IN_LIST_PASSIVE_TARGET = 0x4A, IN_DESELECT = 0x44, IN_RELEASE = 0x52 };
enum { TO_READER = 0xD4, FROM_READER = 0xD5, WAKE = 0x55, I2C_READY = 0x01 };
enum { RUNS, UNPLUGGED, NOISE };   /* control "fault" */

typedef struct {
  uint8_t length, uid[10];
} card_t;

/* 1 the demonstration's card, 2 one that nobody knows, 3 a short one, 4 with ten bytes, 5 a phone's random UID. */
static const card_t CARDS[] = {
  {7, {0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6}},
  {7, {0x04, 0xDE, 0xAD, 0xBE, 0xEF, 0x01, 0x02}},
  {4, {0xA1, 0xB2, 0xC3, 0xD4}},
  {10, {0x04, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09}},
  {4, {0x08, 0x5C, 0x3E, 0x91}},
};

typedef struct {
  uint8_t length, bytes[FRAME];
  double due_ns;
} message_t;

typedef struct {
  uart_dev_t uart;
  timer_t timer;
  uint32_t card, fault;   /* controls */
  bool over_i2c, awake, configured, sending;
  uint8_t heard[BUFFER];
  uint32_t count;
  message_t queue[QUEUE]; /* answers on their way, the first one next; it stays until its last bit has left */
  uint32_t queued;
  message_t last;         /* for a host that did not understand it */
  bool looking;           /* for a card */
  double since_ns;        /* when the look began */
  uint8_t retries;
  uint32_t seen_card;     /* the control as last looked at, and when it changed */
  double seen_ns;
  uint32_t read_at;       /* position in an I2C read */
} chip_t;

static chip_t chip;

static void advance(chip_t *c);

/* -- answers */

static void fill(message_t *m, const uint8_t *bytes, uint32_t length) {
  m->length = (uint8_t)length;
  for (uint32_t i = 0; i < length; i++) m->bytes[i] = bytes[i];
}

static void say(chip_t *c, const message_t *m, uint32_t after_us) {
  if (c->queued == QUEUE) return;   /* nobody has listened for four answers */
  message_t *slot = &c->queue[c->queued++];
  fill(slot, m->bytes, m->length);
  slot->due_ns = get_sim_nanos_d() + after_us * 1000.0;
}

static void acknowledge(chip_t *c) {
  static const uint8_t ACK[] = {0, 0, 0xFF, 0, 0xFF, 0};
  message_t m;
  fill(&m, ACK, sizeof ACK);
  say(c, &m, ACK_US);
}

static void refuse(chip_t *c) {
  static const uint8_t SYNTAX_ERROR[] = {0, 0, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0};
  fill(&c->last, SYNTAX_ERROR, sizeof SYNTAX_ERROR);
  say(c, &c->last, ANSWER_US);
}

static void answer(chip_t *c, uint8_t command, const uint8_t *data, uint32_t length, uint32_t after_us) {
  uint8_t *b = c->last.bytes;
  uint32_t n = 0;
  b[n++] = 0; b[n++] = 0; b[n++] = 0xFF;
  b[n++] = (uint8_t)(length + 2); b[n++] = (uint8_t)-(length + 2);
  uint8_t sum = b[n++] = FROM_READER;
  sum += b[n++] = command + 1;
  for (uint32_t i = 0; i < length; i++) sum += b[n++] = data[i];
  b[n++] = -sum; b[n++] = 0;
  c->last.length = (uint8_t)n;
  say(c, &c->last, after_us);
}

/* What is being sent cannot be called back; the rest can. */
static void drop_answers(chip_t *c) { c->queued = c->sending ? 1 : 0; }

static void drop_first(chip_t *c) {
  for (uint32_t i = 1; i < c->queued; i++) c->queue[i - 1] = c->queue[i];
  if (c->queued) c->queued--;
}

/* -- cards */

static void look(chip_t *c) {
  uint32_t card = attr_read(c->card);
  double now = get_sim_nanos_d();
  if (card != c->seen_card) {
    c->seen_card = card;
    c->seen_ns = now;
  }
  if (!c->looking) return;
  if (card >= 1 && card <= sizeof CARDS / sizeof *CARDS) {
    double from_ns = c->seen_ns > c->since_ns ? c->seen_ns : c->since_ns;
    if (now < from_ns + DETECT_US * 1000.0) return;
    const card_t *held = &CARDS[card - 1];
    uint8_t target[16] = {1, 1, 0, held->length == 4 ? 0x04 : held->length == 7 ? 0x44 : 0x84,
                          held->length == 4 ? 0x08 : 0x00, held->length};
    for (uint32_t i = 0; i < held->length; i++) target[6 + i] = held->uid[i];
    c->looking = false;
    answer(c, IN_LIST_PASSIVE_TARGET, target, 6u + held->length, 0);
  } else if (c->retries != FOREVER && now >= c->since_ns + (1 + c->retries) * (RETRY_US * 1000.0)) {
    static const uint8_t NONE[] = {0};
    c->looking = false;
    answer(c, IN_LIST_PASSIVE_TARGET, NONE, 1, 0);
  }
}

/* -- commands */

static void obey(chip_t *c, const uint8_t *data, uint32_t length) {
  static const uint8_t VERSION[] = {0x32, 1, 6, 7}, OK[] = {0};
  c->looking = false;   /* a new command ends the running one */
  drop_answers(c);
  acknowledge(c);
  if (data[0] != TO_READER || length < 2) return refuse(c);
  const uint8_t *args = data + 2;
  uint32_t count = length - 2;
  switch (data[1]) {
  case GET_FIRMWARE_VERSION:
    return answer(c, data[1], VERSION, sizeof VERSION, ANSWER_US);
  case SAM_CONFIGURATION:
    if (!count) break;
    c->configured = true;
    return answer(c, data[1], OK, 0, ANSWER_US);
  case RF_CONFIGURATION:
    if (!count) break;
    if (args[0] == 5 && count >= 4) c->retries = args[3];
    return answer(c, data[1], OK, 0, ANSWER_US);
  case IN_LIST_PASSIVE_TARGET:
    if (count < 2 || (args[0] != 1 && args[0] != 2)) break;
    if (args[1] != 0 || !c->configured) return answer(c, data[1], OK, 1, ANSWER_US);   /* no such card answers */
    c->looking = true;
    c->since_ns = get_sim_nanos_d() + ANSWER_US * 1000.0;
    return;
  case IN_RELEASE:
  case IN_DESELECT:
    if (!count) break;
    return answer(c, data[1], OK, 1, ANSWER_US);
  case POWER_DOWN:
    if (!count) break;
    answer(c, data[1], OK, 1, ANSWER_US);
    c->awake = false;
    return;
  }
  refuse(c);
}

static void forget(chip_t *c, uint32_t count) {
  for (uint32_t i = count; i < c->count; i++) c->heard[i - count] = c->heard[i];
  c->count -= count;
}

/* Take one frame from what was heard; false when none is complete. */
static bool take_frame(chip_t *c) {
  uint32_t at = 0;
  while (at + 1 < c->count && !(c->heard[at] == 0x00 && c->heard[at + 1] == 0xFF)) at++;
  forget(c, at);   /* wake-up preamble and noise */
  if (c->count < 4) return false;
  uint32_t length = c->heard[2], check = c->heard[3];
  if (length == 0x00 && check == 0xFF) {          /* ACK: the host gives its command up */
    forget(c, 4);
    c->looking = false;
    drop_answers(c);
    return true;
  }
  if (length == 0xFF && check == 0x00) {          /* NACK: it has not understood */
    forget(c, 4);
    if (c->last.length) say(c, &c->last, ANSWER_US);
    return true;
  }
  if (length == 0 || ((length + check) & 0xFF)) { /* not a frame: look on behind it */
    forget(c, 2);
    return true;
  }
  if (c->count < length + 5) return false;
  uint8_t sum = 0;
  for (uint32_t i = 0; i <= length; i++) sum += c->heard[4 + i];
  if (sum == 0) obey(c, c->heard + 4, length);    /* a bad checksum is met with silence: the host sends again */
  forget(c, length + 5);
  return true;
}

static void hear(chip_t *c, uint8_t byte) {
  if (attr_read(c->fault) == UNPLUGGED) {
    c->awake = c->configured = c->looking = false;   /* without power it also forgets */
    c->count = 0;
    return;
  }
  if (!c->awake) {   /* after power-up it sleeps until the line wakes it, section 6.3.2.3 */
    if (byte != WAKE && !c->over_i2c) return;
    c->awake = true;
  }
  if (c->count == BUFFER) c->count = 0;
  c->heard[c->count++] = byte;
  while (take_frame(c)) {}
}

/* -- the line */

static void on_uart_byte(void *user, uint8_t byte) {
  chip_t *c = user;
  c->over_i2c = false;
  hear(c, byte);
  advance(c);
}

static void on_uart_done(void *user) {
  chip_t *c = user;
  c->sending = false;
  drop_first(c);
  advance(c);
}

static void advance(chip_t *c) {
  look(c);
  if (c->over_i2c || c->sending || !c->queued) return;
  double now = get_sim_nanos_d();
  if (c->queue[0].due_ns > now) return timer_start(c->timer, (uint32_t)((c->queue[0].due_ns - now) / 1000) + 1, false);
  message_t *m = &c->queue[0];
  uint32_t fault = attr_read(c->fault);
  if (fault == UNPLUGGED) return drop_first(c);
  for (uint32_t i = 0; fault == NOISE && i < m->length; i++) m->bytes[i] ^= 0x5A;
  c->sending = uart_write(c->uart, m->bytes, m->length);
}

static void on_time(void *user) { advance(user); }

static bool on_i2c_connect(void *user, uint32_t address, bool read) {
  chip_t *c = user;
  (void)address;
  c->over_i2c = true;
  c->read_at = 0;
  if (read) look(c);
  return attr_read(c->fault) != UNPLUGGED;
}

/* A read begins with a status byte; the frame follows it once it is due. */
static uint8_t on_i2c_read(void *user) {
  chip_t *c = user;
  bool ready = c->queued && c->queue[0].due_ns <= get_sim_nanos_d();
  if (c->read_at == 0) {
    c->read_at = ready ? 1 : 0;
    return ready ? I2C_READY : 0;
  }
  const message_t *m = &c->queue[0];
  uint32_t at = c->read_at++ - 1;
  uint8_t byte = c->queued && at < m->length ? m->bytes[at] : 0;
  return attr_read(c->fault) == NOISE ? byte ^ 0x5A : byte;
}

static bool on_i2c_write(void *user, uint8_t byte) {
  hear(user, byte);
  return true;
}

static void on_i2c_disconnect(void *user) {
  chip_t *c = user;
  if (c->read_at > 1) drop_first(c);   /* a host that asks for the status alone leaves the answer where it is */
  c->read_at = 0;
}

void chip_init(void) {
  chip_t *c = &chip;
  c->retries = FOREVER;
  c->card = attr_init("card", 0);
  c->fault = attr_init("fault", RUNS);
  const timer_config_t due = {.user_data = c, .callback = on_time}, watch = {.user_data = c, .callback = on_time};
  c->timer = timer_init(&due);
  timer_start(timer_init(&watch), LOOK_US, true);
  const uart_config_t uart = {.user_data = c, .rx = pin_init("RX", INPUT), .tx = pin_init("TX", INPUT_PULLUP),
                              .baud_rate = 115200, .rx_data = on_uart_byte, .write_done = on_uart_done};
  c->uart = uart_init(&uart);
  const i2c_config_t i2c = {.user_data = c, .address = I2C_ADDRESS, .scl = pin_init("SCL", INPUT_PULLUP),
                            .sda = pin_init("SDA", INPUT_PULLUP), .connect = on_i2c_connect, .read = on_i2c_read,
                            .write = on_i2c_write, .disconnect = on_i2c_disconnect};
  i2c_init(&i2c);
}

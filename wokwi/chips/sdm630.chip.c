/* One or two Eastron SDM630 energy meters on one Modbus: unit 1 measures at CT1, unit 2 at CT2.
 *
 * Registers: Eastron SDM630 Modbus V2 protocol, input registers, IEEE 754 big-endian, two words each, refreshed once a
 * second. Frames: MODBUS over Serial Line V1.02 section 2.5.1, Application Protocol V1.1b3 sections 6.3, 6.4, 7. The same
 * part as hardware/bench/meter.py. Its register is in its own memory only: a new simulation begins at startWh.
 */
#include "current.h"
#include "wokwi-api.h"

enum { READ_HOLDING = 0x03, READ_INPUT = 0x04, ILLEGAL_FUNCTION = 1, ILLEGAL_ADDRESS = 2, ILLEGAL_VALUE = 3 };
enum { LAST_INPUT = 0x0184, LAST_HOLDING = 0x0046, MAX_REGISTERS = 80 };
enum { ANSWER_US = 20000, REFRESH_US = 1000000, UNITS = 2, REQUEST = 64, CT_SILENT_S = 3 };
enum { RUNS, SILENT, GARBAGE, EXCEPTION, FROZEN };   /* control "fault" */

typedef struct {
  uart_dev_t ct;
  uint8_t frame[CURRENT_FRAME];
  uint32_t got;
  double current_a[PHASES];   /* flowing now */
  double factor, energy_wh, counted_ns, heard_ns;
  float shown_v[PHASES], shown_a[PHASES], shown_w, kwh;   /* the registers */
} meter_t;

typedef struct {
  uart_dev_t bus;
  timer_t silence, answer;
  uint32_t units, start_wh, fault, silence_us;
  uint8_t request[REQUEST];
  uint32_t got;
  uint8_t reply[5 + 2 * MAX_REGISTERS];
  uint32_t length;
  meter_t meter[UNITS];
} chip_t;

static chip_t chip;

/* -- measuring */

static double power_w(const meter_t *m) {
  double watts = 0;
  for (int i = 0; i < PHASES; i++) watts += mains_v(m->current_a[i]) * m->current_a[i];
  return watts;
}

static void count(meter_t *m) {
  double now = get_sim_nanos_d();
  m->energy_wh += power_w(m) * (now - m->counted_ns) / 3.6e12 * m->factor;
  m->counted_ns = now;
}

static void refresh(meter_t *m, uint32_t fault) {
  count(m);
  if (get_sim_nanos_d() - m->heard_ns > CT_SILENT_S * 1e9)   /* its wire has come off */
    for (int i = 0; i < PHASES; i++) m->current_a[i] = 0;
  if (fault == FROZEN) return;
  m->shown_w = (float)power_w(m);
  for (int i = 0; i < PHASES; i++) {
    m->shown_a[i] = (float)m->current_a[i];
    m->shown_v[i] = (float)mains_v(m->current_a[i]);
  }
  m->kwh = (float)((double)(int64_t)(m->energy_wh + 1e-6) / 1000);   /* whole Wh, as the meter counts */
}

static void on_refresh(void *user) {
  chip_t *c = user;
  for (int i = 0; i < UNITS; i++) refresh(&c->meter[i], attr_read(c->fault));
}

static void on_ct_byte(void *user, uint8_t byte) {
  meter_t *m = user;
  if (m->got == 0 && byte != CURRENT_START) return;
  m->frame[m->got++] = byte;
  if (m->got < CURRENT_FRAME) return;
  uint8_t sum = 0;
  for (int i = 0; i < CURRENT_FRAME; i++) sum += m->frame[i];
  m->got = 0;
  if (sum) return;
  count(m);
  m->heard_ns = get_sim_nanos_d();
  for (int i = 0; i < PHASES; i++) m->current_a[i] = (m->frame[1 + 2 * i] << 8 | m->frame[2 + 2 * i]) / 1000.0;
  m->factor = m->frame[7] << 8 | m->frame[8];
}

/* -- registers */

static float mean(const float *values) { return (values[0] + values[1] + values[2]) / 3; }

static float input_register(const meter_t *m, uint32_t address) {
  uint32_t phase = address / 2 % 3;
  if (address < 0x06) return m->shown_v[phase];
  if (address < 0x0C) return m->shown_a[phase];
  if (address < 0x18) return m->shown_v[phase] * m->shown_a[phase];   /* active, then apparent power of each phase */
  switch (address) {
  case 0x1E: case 0x20: case 0x22: case 0x3E: return 1;   /* power factors: an on-board charger's is above 0.99 */
  case 0x2A: return mean(m->shown_v);
  case 0x2E: return mean(m->shown_a);
  case 0x30: return 3 * mean(m->shown_a);
  case 0x34: case 0x38: case 0x54: return m->shown_w;
  case 0x46: return 50;
  case 0x48: case 0x156: case 0x180: return m->kwh;
  }
  return 0;
}

static float holding_register(uint32_t unit, uint32_t address) {
  switch (address) {
  case 0x12: return 1;             /* stop bits */
  case 0x14: return (float)unit;
  case 0x1C: return 2;             /* 9600 baud */
  }
  return 0;
}

/* -- answering */

static uint16_t crc16(const uint8_t *bytes, uint32_t length) {
  uint16_t crc = 0xFFFF;
  for (uint32_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xA001 : crc >> 1;
  }
  return crc;
}

static void put_float(uint8_t *at, float value) {
  union { float number; uint32_t word; } both = {.number = value};
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(both.word >> (24 - 8 * i));
}

/* The reply's bytes after the unit number, without CRC; returns how many. */
static uint32_t compose(chip_t *c, const meter_t *m, uint8_t unit) {
  uint8_t *out = c->reply + 1, function = c->request[1], code = 0;
  uint32_t start = c->request[2] << 8 | c->request[3], registers = c->request[4] << 8 | c->request[5];
  uint32_t last = function == READ_INPUT ? LAST_INPUT : LAST_HOLDING;
  if (function != READ_INPUT && function != READ_HOLDING) code = ILLEGAL_FUNCTION;
  else if (c->got != 8) code = ILLEGAL_VALUE;
  else if (attr_read(c->fault) == EXCEPTION) code = ILLEGAL_ADDRESS;
  else if (registers < 2 || registers > MAX_REGISTERS || registers % 2) code = ILLEGAL_VALUE;
  else if (start % 2 || start + registers > last + 2) code = ILLEGAL_ADDRESS;
  if (code) {
    out[0] = function | 0x80;
    out[1] = code;
    return 2;
  }
  out[0] = function;
  out[1] = (uint8_t)(2 * registers);
  for (uint32_t i = 0; i < registers; i += 2)
    put_float(out + 2 + 2 * i, function == READ_INPUT ? input_register(m, start + i) : holding_register(unit, start + i));
  return 2 + 2 * registers;
}

static void on_silence(void *user) {   /* 3.5 characters of it end a request */
  chip_t *c = user;
  uint8_t unit = c->request[0];
  uint32_t fault = attr_read(c->fault), units = attr_read(c->units);
  if (c->got >= 8 && crc16(c->request, c->got) == 0 && unit >= 1 && unit <= units && unit <= UNITS && fault != SILENT) {
    c->reply[0] = unit;
    c->length = 1 + compose(c, &c->meter[unit - 1], unit);
    uint16_t crc = crc16(c->reply, c->length);
    c->reply[c->length++] = (uint8_t)crc;
    c->reply[c->length++] = (uint8_t)(crc >> 8);
    for (uint32_t i = 0; fault == GARBAGE && i < c->length; i++) c->reply[i] ^= 0xA5;
    timer_start(c->answer, ANSWER_US, false);
  }
  c->got = 0;
}

static void on_answer(void *user) {
  chip_t *c = user;
  uart_write(c->bus, c->reply, c->length);
}

static void on_bus_byte(void *user, uint8_t byte) {
  chip_t *c = user;
  if (c->got < REQUEST) c->request[c->got++] = byte;   /* longer is no request; the CRC will say so */
  timer_start(c->silence, c->silence_us, false);
}

void chip_init(void) {
  chip_t *c = &chip;
  uint32_t baud = attr_read(attr_init("baud", 9600));
  c->units = attr_init("units", 1);
  c->fault = attr_init("fault", RUNS);
  uint32_t start_wh = attr_read(attr_init("startWh", 0));
  c->silence_us = baud > 19200 ? 1750 : 38500000 / baud;   /* serial line section 2.5.1.1 */
  static const char *const CT[UNITS] = {"CT1", "CT2"};
  for (int i = 0; i < UNITS; i++) {
    meter_t *m = &c->meter[i];
    m->energy_wh = start_wh;
    m->factor = 1;
    const uart_config_t ct = {.user_data = m, .rx = pin_init(CT[i], INPUT_PULLUP), .tx = -1, .baud_rate = CURRENT_BAUD,
                              .rx_data = on_ct_byte};
    m->ct = uart_init(&ct);
  }
  on_refresh(c);
  const timer_config_t tick = {.user_data = c, .callback = on_refresh};
  const timer_config_t silence = {.user_data = c, .callback = on_silence}, answer = {.user_data = c, .callback = on_answer};
  timer_start(timer_init(&tick), REFRESH_US, true);
  c->silence = timer_init(&silence);
  c->answer = timer_init(&answer);
  const uart_config_t bus = {.user_data = c, .rx = pin_init("RX", INPUT), .tx = pin_init("TX", INPUT_PULLUP),
                             .baud_rate = baud, .rx_data = on_bus_byte};
  c->bus = uart_init(&bus);
}

/* What stands between the program and the coils: the hardware AND, the contactors, the residual-current device, a
 * thermometer at the terminals. Two channels; a board with one connector leaves the second unwired.
 *
 * A coil is energised while the program commands it (CMD), the pilot's comparator says C or D (PILOT), no residual current
 * flows, the emergency stop is not pressed, and the heartbeat (BEAT) had an edge within holdMs. Contacts take time to
 * move, and can weld. The same parts as hardware/bench/safety_chain.py and contactor.py.
 */
#include "wokwi-api.h"

enum { CHANNELS = 2, TICK_US = 20000, CLOSE_US = 20000, OPEN_US = 15000, CELSIUS_MV = 10, CELSIUS_OFFSET_MV = 500 };
enum { SOUND, WELDED, STUCK_OPEN };   /* controls "contactor1", "contactor2" */

typedef struct {
  pin_t cmd, beat, pilot, coil, live, aux;
  uint32_t fault;                     /* control */
  bool energised, closed, moving, beaten;
  double beat_ns;
  timer_t contacts;
} channel_t;

typedef struct {
  pin_t estop, rcd, temp;
  uint32_t residual_ma, trip_ma, celsius, hold_ms, adc_zero_mv, adc_full_mv;
  bool tripped;
  channel_t channel[CHANNELS];
} chip_t;

static chip_t chip;

static bool wanted_closed(channel_t *ch) {
  uint32_t fault = attr_read(ch->fault);
  return ch->closed && fault == WELDED ? true : ch->energised && fault != STUCK_OPEN;
}

static void plan(channel_t *ch) {
  bool moves = wanted_closed(ch) != ch->closed;
  if (moves && !ch->moving) timer_start(ch->contacts, ch->closed ? OPEN_US : CLOSE_US, false);
  if (!moves && ch->moving) timer_stop(ch->contacts);
  ch->moving = moves;
}

static void settle(channel_t *ch) {
  double now = get_sim_nanos_d();
  bool alive = ch->beaten && now < ch->beat_ns + attr_read(chip.hold_ms) * 1e6;
  ch->energised = alive && pin_read(ch->cmd) && pin_read(ch->pilot) && !chip.tripped && !pin_read(chip.estop);
  pin_write(ch->coil, ch->energised);
  plan(ch);
}

static void on_contacts(void *user) {
  channel_t *ch = user;
  ch->moving = false;
  ch->closed = !ch->closed;
  pin_write(ch->live, ch->closed);
  pin_write(ch->aux, !ch->closed);   /* the auxiliary contact pulls to ground when the main ones close */
  plan(ch);
}

static void on_line(void *user, pin_t pin, uint32_t level) {
  (void)pin;
  (void)level;
  settle(user);
}

static void on_beat(void *user, pin_t pin, uint32_t level) {
  channel_t *ch = user;
  ch->beat_ns = get_sim_nanos_d();
  ch->beaten = true;
  on_line(user, pin, level);
}

static void on_estop(void *user, pin_t pin, uint32_t level) {
  (void)user;
  for (int i = 0; i < CHANNELS; i++) on_line(&chip.channel[i], pin, level);
}

static void on_tick(void *user) {
  chip_t *c = user;
  uint32_t ma = attr_read(c->residual_ma);
  if (ma >= attr_read(c->trip_ma)) c->tripped = true;
  if (ma == 0) c->tripped = false;   /* once tripped it stays so until the fault is gone */
  pin_write(c->rcd, c->tripped);
  double mv = CELSIUS_OFFSET_MV + CELSIUS_MV * (double)attr_read(c->celsius);
  double zero = attr_read(c->adc_zero_mv), full = attr_read(c->adc_full_mv), share = (mv - zero) / (full - zero);
  pin_dac_write(c->temp, (float)(5 * (share < 0 ? 0 : share > 1 ? 1 : share)));
  for (int i = 0; i < CHANNELS; i++) settle(&c->channel[i]);
}

static pin_t numbered(const char *name, int number, uint32_t mode) {
  char full[8];
  int n = 0;
  while (name[n]) {
    full[n] = name[n];
    n++;
  }
  full[n] = (char)('1' + number);
  full[n + 1] = 0;
  return pin_init(full, mode);
}

void chip_init(void) {
  static const char *const FAULT[CHANNELS] = {"contactor1", "contactor2"};
  chip_t *c = &chip;
  c->residual_ma = attr_init("residualMa", 0);
  c->trip_ma = attr_init("tripMa", 6);            /* what an RDC-DD lets pass of direct current, IEC 62955 */
  c->celsius = attr_init("celsius", 25);
  c->hold_ms = attr_init("holdMs", 5000);         /* as heartbeat_hold_ms of the board file */
  c->adc_zero_mv = attr_init("adcZeroMv", 0);     /* what the board's ADC calls its lowest and its highest reading */
  c->adc_full_mv = attr_init("adcFullMv", 3100);
  c->estop = pin_init("ESTOP", INPUT_PULLUP);     /* to ground while it is well: a broken wire stops too */
  c->rcd = pin_init("RCD", OUTPUT_LOW);
  c->temp = pin_init("TEMP", ANALOG);
  for (int i = 0; i < CHANNELS; i++) {
    channel_t *ch = &c->channel[i];
    ch->fault = attr_init(FAULT[i], SOUND);
    ch->cmd = numbered("CMD", i, INPUT_PULLDOWN);
    ch->beat = numbered("BEAT", i, INPUT_PULLDOWN);
    ch->pilot = numbered("PILOT", i, INPUT_PULLDOWN);
    ch->coil = numbered("COIL", i, OUTPUT_LOW);
    ch->live = numbered("LIVE", i, OUTPUT_LOW);
    ch->aux = numbered("AUX", i, OUTPUT_HIGH);
    const timer_config_t contacts = {.user_data = ch, .callback = on_contacts};
    ch->contacts = timer_init(&contacts);
    const pin_watch_config_t line = {.user_data = ch, .edge = BOTH, .pin_change = on_line};
    const pin_watch_config_t beat = {.user_data = ch, .edge = BOTH, .pin_change = on_beat};
    pin_watch(ch->cmd, &line);
    pin_watch(ch->pilot, &line);
    pin_watch(ch->beat, &beat);
  }
  const pin_watch_config_t estop = {.user_data = c, .edge = BOTH, .pin_change = on_estop};
  pin_watch(c->estop, &estop);
  const timer_config_t tick = {.user_data = c, .callback = on_tick};
  timer_start(timer_init(&tick), TICK_US, true);
  on_tick(c);
}

/* An electric car on the control pilot, and the charge point's front end that listens to it.
 *
 * CP takes the charge point's PWM, which stands for the +-12 V square wave behind 1 kohm. HIGH and LOW are the peak-hold
 * outputs for its ADC, OK the comparator that the hardware AND listens to. The car answers with a diode and resistors to
 * earth (IEC 61851-1 Annex A), follows the duty cycle after its reaction time and draws nothing below 6 A. The same
 * parts as hardware/bench/pilot.py and car.py.
 */
#include "current.h"
#include "wokwi-api.h"

enum { TICK_US = 10000, TELL_NS = 1000000000, PILOT_NS = 1000000, PILOT_TOLERANCE_NS = 5000 };
enum { MIN_MA = 6000, MAX_PHASES = 3 };
enum { UNPLUGGED, ACTS, HELD_B, HELD_C, HELD_D, SHORTED };   /* control "car" */
enum { SOUND, NO_DIODE, GREEDY };                            /* control "fault" */

static const double SUPPLY_V = 12, SOURCE_OHM = 1000, DIODE_V = 0.7, B_OHM = 2740, C_OHM = 1300, D_OHM = 270;
static const double OK_LOW_V = 1.5, OK_HIGH_V = 7.5;         /* the comparator's window: C and D */
static const double TAPER_FROM_SOC = 90, TAPER_TO_A = 6;     /* above it the current falls in a straight line */
static const double EFFICIENCY = 0.92;                       /* socket to battery */
static const double EDGE_SHARE = 0.001;                      /* of a period: how exactly an edge can be timed */

typedef struct {
  pin_t cp, live, ok, high, low;
  uart_dev_t ct;
  uint32_t car, fault;                                       /* controls */
  uint32_t soc_start, battery_kwh, max_a, phases, reaction_ms, time_factor;
  uint32_t mv_per_v, offset_mv, adc_zero_mv, adc_full_mv;
  /* the pilot, as its edges tell */
  bool watching, risen, readable;                            /* readable: 1 kHz, as a car demands */
  uint32_t edges;                                            /* since the last tick */
  double rose_ns, high_ns, duty;
  /* the car */
  uint32_t was;                                              /* the control as last looked at */
  bool s2, supplied;
  double seen_duty, limit_a, reacts_ns, soc;                 /* reacts_ns 0: nothing to react to */
  double current_a, counted_ns;
  bool sending;
  uint8_t frame[CURRENT_FRAME];
  uint32_t told_ma, told_phases;
  double told_ns;
} chip_t;

static chip_t chip;

/* -- pilot */

/* One period out of ten is measured: to be called for each edge would slow the simulator down. */
static void on_edge(void *user, pin_t pin, uint32_t level) {
  chip_t *c = user;
  double now = get_sim_nanos_d();
  c->edges++;
  if (!level) {
    c->high_ns = now - c->rose_ns;
    return;
  }
  double period_ns = now - c->rose_ns, off = period_ns - PILOT_NS;
  c->rose_ns = now;
  if (!c->risen) {
    c->risen = true;
    return;
  }
  pin_watch_stop(pin);
  c->watching = false;
  c->readable = off < PILOT_TOLERANCE_NS && off > -PILOT_TOLERANCE_NS;
  if (c->readable) c->duty = c->high_ns / period_ns;
}

/* Without edges the pilot is steady: +12 V for "not now", -12 V for "fault". */
static void measure(chip_t *c) {
  if (c->watching && c->edges == 0) {
    c->duty = pin_read(c->cp) ? 1 : 0;
    c->readable = true;
  } else if (c->watching) {
    c->readable = false;   /* two rises take longer than a tick */
  }
  c->edges = 0;
  c->risen = false;
  if (c->watching) return;
  const pin_watch_config_t edges = {.user_data = c, .edge = BOTH, .pin_change = on_edge};
  c->watching = pin_watch(c->cp, &edges);
}

/* Table A.7 and A.8, per phase; 0 for none. */
static double offered_a(double duty) {
  double percent = duty * 100;
  if (percent < 8) return 0;
  if (percent < 10) return 6;
  if (percent <= 85) return percent * 0.6;
  if (percent <= 96) return (percent - 64) * 2.5;
  return percent <= 97 ? 80 : 0;
}

/* What the car puts between pilot and earth; below 0 is an open plug. */
static double load_ohm(const chip_t *c, uint32_t car) {
  if (car == UNPLUGGED) return -1;
  if (car == SHORTED) return 0;
  double beside = car == HELD_D ? D_OHM : car == HELD_C || (car == ACTS && c->s2) ? C_OHM : 0;
  return beside > 0 ? B_OHM * beside / (B_OHM + beside) : B_OHM;
}

static void write_adc(const chip_t *c, pin_t pin, double volts) {
  double mv = attr_read(c->offset_mv) + attr_read(c->mv_per_v) * (volts < 0 ? -volts : volts);
  double zero = attr_read(c->adc_zero_mv), full = attr_read(c->adc_full_mv);
  double share = (mv - zero) / (full - zero);
  pin_dac_write(pin, (float)(5 * (share < 0 ? 0 : share > 1 ? 1 : share)));
}

static void show_pilot(chip_t *c, uint32_t car) {
  double load = load_ohm(c, car), high = SUPPLY_V, low = -SUPPLY_V;
  if (load == 0) {
    high = low = 0;
  } else if (load > 0 && attr_read(c->fault) == NO_DIODE) {
    high = SUPPLY_V * load / (load + SOURCE_OHM);
    low = -high;
  } else if (load > 0) {
    high = DIODE_V + (SUPPLY_V - DIODE_V) * load / (load + SOURCE_OHM);
  }
  if (c->duty < EDGE_SHARE) high = 0;
  if (c->duty > 1 - EDGE_SHARE) low = 0;   /* a steady pilot has no negative half, a glitch of 15 ns is none */
  write_adc(c, c->high, high);
  write_adc(c, c->low, low);
  pin_write(c->ok, high > OK_LOW_V && high < OK_HIGH_V);
}

/* -- car */

static void plan_reaction(chip_t *c) { c->reacts_ns = get_sim_nanos_d() + attr_read(c->reaction_ms) * 1e6; }

static void see(chip_t *c, uint32_t car) {
  bool supplied = pin_read(c->live);
  double duty = c->readable ? c->duty : 1;
  double changed = duty - c->seen_duty;
  if (car != c->was) {
    if (c->was == UNPLUGGED) c->soc = attr_read(c->soc_start);   /* another car */
    if (car == UNPLUGGED) c->s2 = false;
    c->was = car;
    plan_reaction(c);
  }
  if (supplied != c->supplied) {
    c->supplied = supplied;
    if (!supplied) c->limit_a = 0;
    else if (c->reacts_ns == 0) plan_reaction(c);
  }
  if (changed > EDGE_SHARE || changed < -EDGE_SHARE) {
    c->seen_duty = duty;
    plan_reaction(c);
  }
}

static void react(chip_t *c, uint32_t car) {
  if (c->reacts_ns == 0 || get_sim_nanos_d() < c->reacts_ns) return;
  c->reacts_ns = 0;
  double allowed_a = offered_a(c->seen_duty);
  c->s2 = car != UNPLUGGED && allowed_a * 1000 >= MIN_MA && c->soc < 100;
  c->limit_a = c->supplied ? allowed_a : 0;
}

static double drawn_a(const chip_t *c, uint32_t car) {
  bool wants = car == HELD_C || car == HELD_D || (car == ACTS && c->s2);
  if (!wants || !c->supplied || c->soc >= 100) return 0;
  double max_a = attr_read(c->max_a), left = (100 - c->soc) / (100 - TAPER_FROM_SOC);
  double amperes = TAPER_TO_A + (max_a - TAPER_TO_A) * (left < 1 ? left : 1);
  double allowed_a = attr_read(c->fault) == GREEDY ? max_a : c->limit_a;
  if (allowed_a < amperes) amperes = allowed_a;
  if (max_a < amperes) amperes = max_a;
  amperes = (int)(amperes * 10 + 0.5) / 10.0;
  return amperes * 1000 >= MIN_MA ? amperes : 0;
}

static void absorb(chip_t *c) {
  double now = get_sim_nanos_d(), phases = attr_read(c->phases);
  double wh = mains_v(c->current_a) * c->current_a * phases * (now - c->counted_ns) / 3.6e12 * attr_read(c->time_factor);
  c->counted_ns = now;
  c->soc += wh * EFFICIENCY / (attr_read(c->battery_kwh) * 10.0);
  if (c->soc >= 100) {
    c->soc = 100;
    c->s2 = false;
  }
}

static void tell_current(chip_t *c) {
  uint32_t ma = (uint32_t)(c->current_a * 1000 + 0.5), phases = attr_read(c->phases);
  double now = get_sim_nanos_d();
  if (c->sending || (ma == c->told_ma && phases == c->told_phases && now - c->told_ns < TELL_NS)) return;
  uint32_t factor = attr_read(c->time_factor);
  uint8_t sum = c->frame[0] = CURRENT_START;
  for (uint32_t i = 0; i < MAX_PHASES; i++) {
    uint32_t of_phase = i < phases ? ma : 0;
    sum += c->frame[1 + 2 * i] = (uint8_t)(of_phase >> 8);
    sum += c->frame[2 + 2 * i] = (uint8_t)of_phase;
  }
  sum += c->frame[7] = (uint8_t)(factor >> 8);
  sum += c->frame[8] = (uint8_t)factor;
  c->frame[9] = -sum;
  c->told_ma = ma;
  c->told_phases = phases;
  c->told_ns = now;
  c->sending = uart_write(c->ct, c->frame, CURRENT_FRAME);
}

static void on_told(void *user) { ((chip_t *)user)->sending = false; }

static void act(chip_t *c) {
  uint32_t car = attr_read(c->car);
  absorb(c);
  see(c, car);
  react(c, car);
  c->current_a = drawn_a(c, car);
  show_pilot(c, car);
  tell_current(c);
}

static void on_tick(void *user) {
  measure(user);
  act(user);
}

static void on_live(void *user, pin_t pin, uint32_t level) {   /* no current flows where no contact is closed */
  (void)pin;
  (void)level;
  act(user);
}

void chip_init(void) {
  chip_t *c = &chip;
  c->duty = c->seen_duty = 1;
  c->readable = true;
  c->told_ns = -TELL_NS;
  c->car = attr_init("car", UNPLUGGED);
  c->fault = attr_init("fault", SOUND);
  c->soc_start = attr_init("socStart", 40);
  c->battery_kwh = attr_init("batteryKwh", 50);
  c->max_a = attr_init("maxA", 16);
  c->phases = attr_init("phases", 3);
  c->reaction_ms = attr_init("reactionMs", 300);
  c->time_factor = attr_init("timeFactor", 1);
  c->mv_per_v = attr_init("mvPerV", 180);         /* front end: adc_mv = offsetMv + mvPerV * volts, as the board file */
  c->offset_mv = attr_init("offsetMv", 150);
  c->adc_zero_mv = attr_init("adcZeroMv", 0);     /* what the board's ADC calls its lowest and its highest reading */
  c->adc_full_mv = attr_init("adcFullMv", 3100);
  c->cp = pin_init("CP", INPUT_PULLUP);           /* a board that resets lets go of it: +12 V */
  c->live = pin_init("LIVE", INPUT_PULLDOWN);
  c->ok = pin_init("OK", OUTPUT_LOW);
  c->high = pin_init("HIGH", ANALOG);
  c->low = pin_init("LOW", ANALOG);
  const uart_config_t ct = {.user_data = c, .rx = -1, .tx = pin_init("CT", INPUT_PULLUP), .baud_rate = CURRENT_BAUD,
                            .write_done = on_told};
  c->ct = uart_init(&ct);
  const pin_watch_config_t live = {.user_data = c, .edge = BOTH, .pin_change = on_live};
  pin_watch(c->live, &live);
  const timer_config_t tick = {.user_data = c, .callback = on_tick};
  timer_start(timer_init(&tick), TICK_US, true);
  on_tick(c);
}

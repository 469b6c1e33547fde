/* The interface between a custom chip and Wokwi's simulator, version 1: what the host lends a chip, and what it calls.
 *
 * Written for this project from Wokwi's documentation of the chips API; names and binary layout are theirs, so that the
 * same sources compile on wokwi.com. Only what our chips use. A callback is an index into the module's exported table;
 * a config struct is read by the host during the call and ends in reserved words that must be zero.
 */
#ifndef BOLLARD_WOKWI_API_H
#define BOLLARD_WOKWI_API_H

#include <stdbool.h>
#include <stdint.h>

#define HOST(name) extern __attribute__((import_module("env"), import_name(name)))
#define FOR_HOST(name) __attribute__((export_name(name)))

FOR_HOST("__wokwi_api_version_1") __attribute__((weak)) int __wokwi_api_version_1(void) { return 1; }
FOR_HOST("chipInit") void chip_init(void); /* once for each part of this type; a part has a module instance of its own */

/* -- pins: names as in the chip's JSON; pin_init only within chip_init */

typedef int32_t pin_t;

enum { LOW = 0, HIGH = 1 };
enum { INPUT = 0, OUTPUT = 1, INPUT_PULLUP = 2, INPUT_PULLDOWN = 3, ANALOG = 4, OUTPUT_LOW = 16, OUTPUT_HIGH = 17 };
enum { RISING = 1, FALLING = 2, BOTH = 3 };

typedef struct {
  void *user_data;
  uint32_t edge;
  void (*pin_change)(void *user_data, pin_t pin, uint32_t value);
} pin_watch_config_t;

HOST("pinInit") pin_t pin_init(const char *name, uint32_t mode);
HOST("pinRead") uint32_t pin_read(pin_t pin);
HOST("pinWrite") void pin_write(pin_t pin, uint32_t value);
HOST("pinWatch") bool pin_watch(pin_t pin, const pin_watch_config_t *config);
HOST("pinWatchStop") void pin_watch_stop(pin_t pin);
HOST("pinDACWrite") float pin_dac_write(pin_t pin, float volts); /* 5 V is the reading of a full ADC on every board */

/* -- attributes: integers from the diagram, or from the chip's controls while it runs */

HOST("attrInit") uint32_t attr_init(const char *name, uint32_t default_value);
HOST("attrRead") uint32_t attr_read(uint32_t attr);

/* -- simulated time */

typedef uint32_t timer_t;

typedef struct {
  void *user_data;
  void (*callback)(void *user_data);
  uint32_t reserved[8];
} timer_config_t;

HOST("timerInit") timer_t timer_init(const timer_config_t *config);
HOST("timerStart") void timer_start(timer_t timer, uint32_t micros, bool repeat);
HOST("timerStop") void timer_stop(timer_t timer);
HOST("getSimNanos") double get_sim_nanos_d(void);

/* -- UART: the host turns bytes into levels and back; write_done when the last bit has left */

typedef uint32_t uart_dev_t;

typedef struct {
  void *user_data;
  pin_t rx, tx;
  uint32_t baud_rate;
  void (*rx_data)(void *user_data, uint8_t byte);
  void (*write_done)(void *user_data);
  uint32_t reserved[8];
} uart_config_t;

HOST("uartInit") uart_dev_t uart_init(const uart_config_t *config);
HOST("uartWrite") bool uart_write(uart_dev_t uart, uint8_t *buffer, uint32_t count); /* false while one is under way */

/* -- I2C device */

typedef uint32_t i2c_dev_t;

typedef struct {
  void *user_data;
  uint32_t address;
  pin_t scl, sda;
  bool (*connect)(void *user_data, uint32_t address, bool read); /* returns the acknowledgement, as does write */
  uint8_t (*read)(void *user_data);
  bool (*write)(void *user_data, uint8_t data);
  void (*disconnect)(void *user_data);
  uint32_t reserved[8];
} i2c_config_t;

HOST("i2cInit") i2c_dev_t i2c_init(const i2c_config_t *config);

#endif

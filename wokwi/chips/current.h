/* What a current transformer would tell, as the parts here tell each other: the EV's chip sends, the meter's receives.
 *
 * A serial line at 38400 baud; one frame at each change and one a second: 0xC7, three currents in mA (16 bit, high byte
 * first), the time factor by which batteries fill faster (16 bit), and a byte that makes the sum of all of them zero.
 */
#ifndef BOLLARD_CURRENT_H
#define BOLLARD_CURRENT_H

#include <stdint.h>

enum { CURRENT_BAUD = 38400, CURRENT_FRAME = 10, CURRENT_START = 0xC7, PHASES = 3 };

/* The mains behind the socket: 230 V, less the sag in its own cable of 0.2 ohm a phase. */
static inline double mains_v(double current_a) { return 230.0 - 0.2 * current_a; }

#endif

/** The running chain as a story sees it: its addresses, and hands on the bench. */

export const world = JSON.parse(process.env.BOLLARD_WORLD);

/** Wait for a fact: gives back what `fact()` gives once that is true. */
export async function until(what, fact, within_ms = 15_000) {
  const deadline = Date.now() + within_ms;
  for (;;) {
    const found = await fact();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${within_ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function must(what, fact) {
  if (!fact) throw new Error(what);
}

/** Do something to a virtual charge point, as its page would: tap, plug, unplug, car, fault, clear. */
export async function act(identity, action, body = {}) {
  const response = await fetch(`${world.bench}/api/charge-points/${identity}/connectors/1/${action}`, {
    method: 'POST', body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${action} on ${identity}: ${await response.text()}`);
  return response.json();
}

export async function state(identity) {
  return (await fetch(`${world.bench}/api/charge-points/${identity}`)).json();
}

/** Put a charge point back as it was found: no car, no fault, at rest. */
export async function tidy(identity) {
  await act(identity, 'clear');
  if ((await state(identity)).connectors[0].plugged) await act(identity, 'unplug');
  await until(`${identity} at rest`, async () => {
    const [connector] = (await state(identity)).connectors;
    return !connector.contactor.closed && connector.pilot.offered_a === 0;
  });
}

/** Bring a car and a card, and wait until energy flows. */
export async function charge(identity) {
  await act(identity, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
  await act(identity, 'tap', { uid: world.card });
  await until(`${identity} charges`, async () => (await state(identity)).connectors[0].car.power_w > 0, 20_000);
}

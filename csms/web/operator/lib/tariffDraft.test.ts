import { expect, it } from 'vitest';
import { brief, conditional, dayAt, draftOf, formOf, newElement, triedWords } from './tariffDraft';

const VIEW = {
  id: 1, name: 'Day', version: 3, from_at: '2026-03-01T00:00:00Z',
  tariff: {
    idle_grace_s: 900, min_price_cents: null, max_price_cents: 5000,
    elements: [{
      price_components: [{ type: 'ENERGY' as const, price_cents: '45.12', vat_percent: '22', step_size: 1 }],
      restrictions: {
        start_time: '08:00:00', end_time: '20:00:00', start_date: null, end_date: null, day_of_week: ['MONDAY' as const], min_kwh: null,
        max_kwh: '30.5', min_power_kw: null, max_power_kw: null, min_duration_s: null, max_duration_s: 5400, reservation: null,
      },
    }],
  },
};

it('goes from the API to the form and back without changing anything', () => {
  const form = formOf(draftOf(VIEW, 'EUR'), 'EUR');
  expect(form).toMatchObject({ idle_grace_s: 900, max_price_cents: 5000, min_price_cents: null });
  expect(form.elements[0]!.price_components[0]).toEqual({ type: 'ENERGY', price_cents: '45.12', vat_percent: '22', step_size: 1 });
  expect(form.elements[0]!.restrictions).toMatchObject({
    start_time: '08:00', end_time: '20:00', day_of_week: ['MONDAY'], max_kwh: 30.5, max_duration_s: 5400, min_duration_s: null,
  });
});

it('does not turn a price into a long fraction', () => {
  const draft = draftOf(VIEW, 'EUR');
  draft.elements[0]!.components[0]!.price = 0.29;
  expect(formOf(draft, 'EUR').elements[0]!.price_components[0]!.price_cents).toBe('29');
});

it('knows an element that holds at times only', () => {
  expect(conditional(newElement())).toBe(false);
  expect(conditional({ ...newElement(), start_time: '08:00' })).toBe(true);
  expect(conditional({ ...newElement(), min_kwh: 0 })).toBe(true);
  expect(brief(VIEW, 'EUR')).toContain('a kWh *');
});

it('begins on the day that it is at the place, whatever the clock here shows', () => {
  const now = new Date('2026-01-31T23:30:00Z');
  expect(['Europe/Rome', 'UTC', 'America/New_York', 'Asia/Tokyo'].map((zone) => dayAt(now, zone))).toEqual(['2026-02-01', '2026-01-31', '2026-01-31', '2026-02-01']);
});

it('says what a tariff is tried with as people do', () => {
  expect(triedWords(130, 31, 40, 0)).toBe('2 h 10 min, 31 kWh, then 40 min idle');
  expect(triedWords(45, 7.5, 0, 0)).toBe(`45 min, ${(7.5).toLocaleString()} kWh`);
  expect(triedWords(120, 31, 0, 15)).toBe('reserved for 15 min, then 2 h, 31 kWh');
});

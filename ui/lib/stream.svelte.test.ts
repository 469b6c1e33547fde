import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventStream, type StreamEvent } from './stream.svelte.ts';

/** A stand-in for the browser's EventSource, which Node does not have. */
class Wire extends EventTarget {
  static opened: Wire[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;

  constructor() {
    super();
    Wire.opened.push(this);
  }

  close() {
    this.closed = true;
  }

  say(type: string, data: string) {
    this.dispatchEvent(new MessageEvent(type, { data }));
  }
}

let stream: EventStream;
let applied: StreamEvent[][];
let read: ReturnType<typeof vi.fn<() => Promise<void>>>;

beforeEach(() => {
  vi.useFakeTimers();
  Wire.opened = [];
  applied = [];
  read = vi.fn(async () => {});
  stream = new EventStream({
    url: 'api/events', types: ['MeterSample'], read, apply: (events) => applied.push(events),
    about: ({ data }) => (typeof data['of'] === 'number' ? `of ${data['of']}` : null),
    join: (before, after) => ({ ...after, data: { ...before.data, ...after.data } }),
    connect: () => new Wire() as unknown as EventSource,
  });
  stream.open();
});

afterEach(() => {
  stream.close();
  vi.useRealTimers();
});

async function connected(): Promise<Wire> {
  const wire = Wire.opened.at(-1)!;
  wire.onopen?.();
  await vi.advanceTimersByTimeAsync(0);
  return wire;
}

it('is live only once the rows were read', async () => {
  expect(stream.freshness).toBe('connecting');
  await connected();
  expect(read).toHaveBeenCalledTimes(1);
  expect(stream.freshness).toBe('live');
});

it('hands a burst of events over as one batch', async () => {
  const wire = await connected();
  for (let i = 0; i < 500; i++) wire.say('MeterSample', `{"power_w":${i}}`);
  await vi.advanceTimersByTimeAsync(60);
  expect(applied.length).toBe(1);
  expect(applied[0]!.length).toBe(500);
});

it('leaves of those about the same thing one, with all that they told', async () => {
  const wire = await connected();
  wire.say('MeterSample', '{"of":7,"soc_percent":40,"power_w":1}');
  wire.say('MeterSample', '{"of":8,"power_w":5}');
  wire.say('MeterSample', '{"said":"of nothing in particular"}');
  for (let i = 2; i <= 500; i++) wire.say('MeterSample', `{"of":7,"power_w":${i}}`);
  await vi.advanceTimersByTimeAsync(60);
  expect(applied.map((batch) => batch.map(({ data }) => data))).toEqual([
    [{ of: 8, power_w: 5 }, { said: 'of nothing in particular' }, { of: 7, soc_percent: 40, power_w: 500 }],
  ]);
});

it('hands over four times a second at most in a storm, the last event too, and at once after a quiet while', async () => {
  const wire = await connected();
  for (let i = 1; i <= 1000; i++) {
    wire.say('MeterSample', `{"of":7,"power_w":${i}}`);
    await vi.advanceTimersByTimeAsync(2);
  }
  await vi.advanceTimersByTimeAsync(250);
  expect(applied.length).toBeLessThanOrEqual(10);
  expect(applied.at(-1)!.at(-1)!.data['power_w']).toBe(1000);
  const before = applied.length;
  await vi.advanceTimersByTimeAsync(1000);
  wire.say('MeterSample', '{"of":7,"power_w":0}');
  await vi.advanceTimersByTimeAsync(50);
  expect(applied.length).toBe(before + 1);
});

it('holds events back while the rows are being read, so that older rows never overwrite them', async () => {
  let finish = () => {};
  read.mockImplementation(() => new Promise<void>((resolve) => (finish = resolve)));
  const wire = Wire.opened.at(-1)!;
  wire.onopen?.();
  wire.say('MeterSample', '{}');
  await vi.advanceTimersByTimeAsync(200);
  expect(applied).toEqual([]);
  finish();
  await vi.advanceTimersByTimeAsync(60);
  expect(applied.length).toBe(1);
});

it('says stale when the connection breaks, opens a new one and reads again', async () => {
  const wire = await connected();
  wire.onerror?.();
  expect(stream.freshness).toBe('stale');
  expect(wire.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(Wire.opened.length).toBe(2);
  await connected();
  expect(stream.freshness).toBe('live');
  expect(read).toHaveBeenCalledTimes(2);
});

it('is live when it was opened anew while the rows were being read', async () => {
  let finish = () => {};
  read.mockImplementationOnce(() => new Promise<void>((resolve) => (finish = resolve)));
  Wire.opened[0]!.onopen?.();
  Wire.opened[0]!.onerror?.();
  await vi.advanceTimersByTimeAsync(1_000);
  await connected();
  expect(stream.freshness).toBe('connecting');
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(stream.freshness).toBe('live');
});

it('is not live while its page is hidden, stale only if the server is away then, and live again after a reading', async () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const turn = (hidden: boolean) => {
    page.hidden = hidden;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  vi.stubGlobal('document', page);
  stream.open();
  await connected();
  turn(true);
  expect(stream.freshness).toBe('connecting');
  turn(false);
  await connected();
  expect(stream.freshness).toBe('live');
  turn(true);
  turn(false);
  Wire.opened.at(-1)!.onerror?.();
  expect(stream.freshness).toBe('stale');
  vi.unstubAllGlobals();
});

it('tries again when a server takes the connection and says nothing', async () => {
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Wire.opened[0]!.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Wire.opened.length).toBe(2);
});

it('is stale when the connection stands but the rows cannot be read', async () => {
  await connected();
  read.mockRejectedValue(new Error('502'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(stream.freshness).toBe('stale');
});

it('reads the rows once a second at most, however often it is asked', async () => {
  await connected();
  for (let i = 0; i < 100; i++) stream.refresh();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(read).toHaveBeenCalledTimes(2);
});

it('reads less often where a reading takes long', async () => {
  read.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  Wire.opened.at(-1)!.onopen?.();
  await vi.advanceTimersByTimeAsync(1_000);
  for (let i = 0; i < 20; i++) {
    stream.refresh();
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(read).toHaveBeenCalledTimes(3); // one of a second, four seconds apart
});

it('outlives events it cannot read', async () => {
  const wire = await connected();
  wire.say('MeterSample', 'half a line {');
  wire.say('MeterSample', '{"power_w":1}');
  await vi.advanceTimersByTimeAsync(60);
  expect(applied[0]!.length).toBe(1);
});

it('takes the name from the type field when the event has none', async () => {
  const wire = await connected();
  wire.say('message', '{"type":"console","line":"boot"}');
  await vi.advanceTimersByTimeAsync(60);
  expect(applied[0]![0]!.type).toBe('console');
});

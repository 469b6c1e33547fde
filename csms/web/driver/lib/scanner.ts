/** Reads QR codes from the camera: with the browser's own reader where it has one, else with a small one of our own side. */
import { codeIn } from './code';

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const LOOK_EVERY_MS = 120;
const WIDEST_PX = 720; // finer pictures only take longer

export class NoCamera extends Error {
  readonly refused: boolean;
  constructor(refused: boolean) {
    super(refused ? 'the camera may not be used' : 'there is no camera');
    this.refused = refused;
  }
}

/** Show the camera in `video` and call `onfound` with the first code of a connector; NoCamera when there is none. The
 *  signal ends it and frees the camera. `onother`: there is a QR code, but it is no connector's. */
export async function scan(
  video: HTMLVideoElement, signal: AbortSignal, onfound: (code: string) => void, onother: () => void,
): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
  } catch (error) {
    throw new NoCamera((error as Error).name === 'NotAllowedError');
  }
  const end = () => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) return end();
  signal.addEventListener('abort', end, { once: true });
  video.srcObject = stream;
  await video.play().catch(() => undefined);
  const read = await reader();
  while (!signal.aborted) {
    const text = video.videoWidth ? await read(video).catch(() => null) : null;
    if (signal.aborted) return;
    const code = text === null ? null : codeIn(text);
    if (code) return onfound(code);
    if (text !== null) onother();
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

type Read = (video: HTMLVideoElement) => Promise<string | null>;

async function reader(): Promise<Read> {
  const Own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (Own && (await Own.getSupportedFormats().catch((): string[] => [])).includes('qr_code')) {
    const detector = new Own({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  }
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return async (video) => {
    const scale = Math.min(1, WIDEST_PX / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR({ data, width, height });
    } catch {
      return null; // no code in this picture
    }
  };
}

interface NfcReader {
  scan(options: { signal: AbortSignal }): Promise<void>;
  onreading: ((event: { message: { records: { recordType: string; data?: DataView }[] } }) => void) | null;
}

export const hasNfc = 'NDEFReader' in globalThis;

/** Wait for a sticker; give the first code of a connector that one says. */
export async function readSticker(signal: AbortSignal, onfound: (code: string) => void, onother: () => void): Promise<void> {
  const Reader = (globalThis as unknown as { NDEFReader: new () => NfcReader }).NDEFReader;
  const nfc = new Reader();
  nfc.onreading = ({ message }) => {
    for (const record of message.records) {
      const code = record.recordType === 'url' && record.data ? codeIn(new TextDecoder().decode(record.data)) : null;
      if (code) return onfound(code);
    }
    onother();
  };
  await nfc.scan({ signal });
}

/** Why a charge ended, in a driver's words: OCPP 1.6 §7.36. */
import type { Word } from './language.svelte';

const REASONS: Record<string, Word> = {
  Local: 'reason_card', Remote: 'reason_app', EVDisconnected: 'reason_unplugged', PowerLoss: 'reason_power',
  EmergencyStop: 'reason_emergency', DeAuthorized: 'reason_refused', Reboot: 'reason_restart', HardReset: 'reason_restart',
  SoftReset: 'reason_restart', UnlockCommand: 'reason_unlocked',
};
const ORDINARY = new Set(['Local', 'Remote', 'EVDisconnected']);

/** Without a reason the standard means Local. */
export const reasonWord = (reason: string | null): Word => REASONS[reason ?? 'Local'] ?? 'reason_other';
export const interrupted = (reason: string | null): boolean => reason !== null && !ORDINARY.has(reason);

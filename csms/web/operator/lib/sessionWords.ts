/** Why a session ended and what is odd about it, in words. */

// Reason of StopTransaction, OCPP 1.6 §7.36; without one the standard means Local
const REASONS = new Map([
  ['Local', 'Card'], ['Remote', 'Operator or app'], ['EVDisconnected', 'Cable unplugged'], ['PowerLoss', 'Power cut'],
  ['EmergencyStop', 'Emergency stop'], ['DeAuthorized', 'Card refused'], ['Reboot', 'Restart'], ['HardReset', 'Reset'],
  ['SoftReset', 'Reset'], ['UnlockCommand', 'Unlocked'], ['Other', 'Other'],
]);

/** `limit`: the driver's own for this session, if there was one. */
export function reasonWords(reason: string | null, limit: { reached_at: string | null } | null = null): string {
  if (limit?.reached_at && reason === 'Remote') return 'Driver’s limit';
  return REASONS.get(reason ?? 'Local') ?? reason ?? '';
}

/** `closed_by_rule` → `Closed by rule`: a flag nobody has put into words yet still reads. */
export function flagWords(flag: string): string {
  return FLAGS.get(flag) ?? (flag.charAt(0).toUpperCase() + flag.slice(1)).replaceAll('_', ' ');
}

const FLAGS = new Map([
  ['stop_quarantined', 'Its end was kept aside; billed by the samples'],
  ['clock_went_back', 'Its clock went back'],
  ['time_not_billed', 'Time was not billed'],
  ['closed_by_rule', 'Its end was never told; closed by rule'],
]);

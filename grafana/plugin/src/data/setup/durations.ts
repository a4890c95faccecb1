/** Lengths of time as Prometheus and Grafana write them. */

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 };

/** Return the seconds of `15s`, `1m30s`, `500ms`; null for what is no length of time. */
export function secondsOf(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(\d+(ms|[smhdwy]))+$/.test(trimmed)) {
    return null;
  }
  let seconds = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    seconds += Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN);
  }
  return seconds;
}

/** Return a length of time as one writes it in a file: `15s`, `5m`, `90s`; `seconds` is rounded to whole ones. */
export function durationOf(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole % 3600 === 0) {
    return `${whole / 3600}h`;
  }
  return whole % 60 === 0 ? `${whole / 60}m` : `${whole}s`;
}

/** Return a length of time for people, in its two largest units: `3 d 4 h`, `2 min`. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days > 0) {
    return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  }
  if (hours > 0) {
    return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  }
  return minutes > 0 ? `${minutes} min` : `${whole} s`;
}

const sizeUnits = ["B", "kB", "MB", "GB", "TB"] as const;

/** A number of bytes in decimal units with three digits at most: "1.2 MB". */
export function formatSize(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  // The next unit is taken early enough that rounding never shows "1000 kB".
  while (amount >= 999.5 && unit < sizeUnits.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** A span of time: "0.4 s", "12 s", "3:05 min", "2:00 h". */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${pad(seconds % 60)} min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)} h`;
}

/** "1 change", "2 changes". */
export function formatCount(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? "" : "s"}`;
}

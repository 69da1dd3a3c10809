import pino from "pino";
import type { Log } from "../../engine/ports/context.ts";
import { redactFields } from "./redact-fields.ts";

/** How much to say, and where to: standard output unless told otherwise. */
export interface PinoLogOptions {
  readonly level: "debug" | "info" | "warn" | "error" | "silent";
  readonly destination?: { write(line: string): void };
}

/** Logs one JSON object per line (level, time, msg and the fields), with everything secret masked. */
export function pinoLog({ level, destination }: PinoLogOptions): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  return logOf(pino(options, destination));
}

function logOf(logger: pino.Logger): Log {
  const say =
    (level: "debug" | "info" | "warn" | "error"): Log["info"] =>
    (message, fields = {}) => {
      if (logger.isLevelEnabled(level)) logger[level](redactFields(fields), String(redactFields(message)));
    };
  return {
    debug: say("debug"),
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    with: (fields) => logOf(logger.child({ ...Object(redactFields(fields)) })),
  };
}

import { appendFileSync } from "node:fs";
import { watchConnectionAttempts } from "./connection-attempts.ts";

// Loaded into the engine with `node --import`. Written synchronously: the engine may be killed at any moment.
const file = process.env.OCW_WORLD_CONNECTIONS_FILE;
if (file === undefined) throw new Error("OCW_WORLD_CONNECTIONS_FILE names no file");
watchConnectionAttempts((attempt) => appendFileSync(file, `${JSON.stringify(attempt)}\n`));

import type { LoadedConfig } from "../../config/load.ts";
import type { ModuleId } from "../../engine/model/module.ts";
import type { Cause, Run } from "../../engine/model/run.ts";
import type { AdapterRegistry } from "../../engine/ports/adapter.ts";
import type { Service } from "../../engine/ports/service.ts";

/** An engine that holds the lock of its state directory. Nothing runs by itself until `serve`. */
export interface OpenEngine {
  readonly service: Service;
  /**
   * Runs lanes and schedules and listens for the API, until the signal fires and what runs has come to a
   * stop; `onReady` is told the API's address once it answers.
   */
  serve(signal: AbortSignal, onReady: (url: string) => void): Promise<void>;
  /** Runs one plan here and now, to its end, and no other run. */
  plan(module: ModuleId, cause: Cause, signal: AbortSignal): Promise<Run>;
  close(): Promise<void>;
}

/** What the CLI needs of the composition root. */
export interface Composition {
  readonly registry: AdapterRegistry;
  /** Throws `conflict` when another process holds the lock of the state directory. */
  openEngine(config: LoadedConfig): Promise<OpenEngine>;
}

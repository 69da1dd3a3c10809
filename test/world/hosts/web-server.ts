/** What both implementations are told. */
export type WebServerOptions = {
  dir: string;
  root: string;
  errorPage: string | undefined;
  headers: Readonly<Record<string, string>>;
};

/** What both implementations give back. */
export type WebServer = { port: number; stop(): Promise<void> };

import EdgeGrid from "akamai-edgegrid";
import { PublishError } from "../../../engine/errors/publish-error.ts";

/** Signs requests of one API client by EdgeGrid (EG1-HMAC-SHA256). */
export interface EdgegridSigner {
  /** Where the API answers: scheme and host. */
  readonly endpoint: string;
  /** The Authorization header of a POST of this body; a new nonce and time each call. */
  authorize(pathAndQuery: string, body: string): string;
}

/**
 * Reads a section of an .edgerc file and signs with it. Throws `invalid-config` naming file and section,
 * never what stands in them.
 */
export function edgegridSigner(file: string, section: string, endpoint: string | undefined): EdgegridSigner {
  const client = readClient(file, section);
  const host = "host" in client.config ? String(client.config.host) : "";
  if (host === "")
    throw new PublishError(
      "invalid-config",
      `${file} has no complete section [${section}]: ` +
        "it needs host, client_token, client_secret and access_token",
    );
  // The package knows https only; the scheme is part of what is signed.
  if (endpoint !== undefined) Object.assign(client.config, { host: endpoint });
  return {
    endpoint: endpoint ?? host.replace(/\/$/, ""),
    authorize(path, body) {
      client.auth({ path, method: "POST", headers: { "content-type": "application/json" }, body });
      const { headers } = client.request as { headers: Record<string, string> };
      const header = headers.Authorization;
      if (header === undefined) throw new Error("the signer set no Authorization header");
      return header;
    },
  };
}

function readClient(file: string, section: string): EdgeGrid {
  try {
    return new EdgeGrid({ path: file, section });
  } catch (error) {
    throw new PublishError("invalid-config", `cannot read section [${section}] of ${file}`, { cause: error });
  }
}

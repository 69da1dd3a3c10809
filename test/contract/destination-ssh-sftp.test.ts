import { startSshBenches } from "./destination/ssh-benches.ts";
import { testDestination } from "./destination.ts";

testDestination("ssh, OpenSSH with SFTP only", () =>
  startSshBenches({ implementation: "openssh", mode: "sftp-only" }),
);
testDestination("ssh, ssh2's server", () => startSshBenches({ implementation: "ssh2", mode: "shell" }));

import { startSshBenches } from "./destination/ssh-benches.ts";
import { testDestination } from "./destination.ts";

testDestination("ssh, OpenSSH with a shell", () =>
  startSshBenches({ implementation: "openssh", mode: "shell" }),
);

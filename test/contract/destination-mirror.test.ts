import { startMirrorBenches, startMirrorFolderBenches } from "./destination/ssh-benches.ts";
import { testDestination } from "./destination.ts";

testDestination("mirror, OpenSSH with a shell", () => startMirrorBenches({ mode: "shell" }));
testDestination("mirror, OpenSSH with SFTP only", () => startMirrorBenches({ mode: "sftp-only" }));
testDestination("mirror in a folder", startMirrorFolderBenches);

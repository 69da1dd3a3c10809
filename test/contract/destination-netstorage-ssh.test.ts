import { startNetstorageBenches } from "./destination/ssh-benches.ts";
import { testDestination } from "./destination.ts";

testDestination("netstorage-ssh", startNetstorageBenches);

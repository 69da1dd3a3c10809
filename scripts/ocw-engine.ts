#!/usr/bin/env node
import { composition } from "./compose.ts";
import { main } from "./lib/main.ts";

await main(composition);

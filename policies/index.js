"use strict";

// Pulumi runs a pack's main file with a TypeScript compiler of its own, which refuses imports with `.ts` and TypeScript 6.
// What is registered last compiles: tsx, as for the program and the tests.
require("tsx/cjs/api").register();
require("./pack.ts");

import program from "../../index.ts";

/** The committed program, as a function of its own. */
export = () => program();

/** Where shim.cjs finds the code that serves the resources. */
export * from "@overlaynet/provider";

/** Where the `__provider` text of every state (resource.ts) finds the code that serves the resources. */
export * from "@overlaynet/provider";

import type { dynamic } from "@pulumi/pulumi";

export const overlay: dynamic.ResourceProvider;
export const container: dynamic.ResourceProvider;
export const neighEntry: dynamic.ResourceProvider;

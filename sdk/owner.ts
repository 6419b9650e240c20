import * as pulumi from "@pulumi/pulumi";

/** Who a resource is, for messages on hosts and for finding again what an interrupted `pulumi up` left there. */
export function owner(resource: string): { project: string; stack: string; resource: string } {
  return { project: pulumi.getProject(), stack: pulumi.getStack(), resource };
}

/** Options that every resource of this package has: what is replaced outside diff (`--replace`) must be deleted first too, its names are taken. */
export function withDefaults(options: pulumi.CustomResourceOptions | undefined): pulumi.CustomResourceOptions {
  return pulumi.mergeOptions({ deleteBeforeReplace: true }, options ?? {});
}

import * as pulumi from "@pulumi/pulumi";

/** Kinds of resources, each with the name under which `overlaynet/provider` exports what serves it. */
const servedBy = { Overlay: "overlay", Container: "container", NeighEntry: "neighEntry" } as const;

/** A kind of resource of this package. */
export type Kind = keyof typeof servedBy;

/** What states call a kind: the type of a dynamic resource of module `overlaynet`. */
export function tokenOf(kind: Kind): string {
  return `pulumi-nodejs:dynamic/overlaynet:${kind}`;
}

/**
 * What the state of every resource holds as `__provider`: a module whose `handler` gives the provider, the form in which `pulumi.dynamic.Resource` keeps one. Written out and not serialised: it is a
 * constant of 75 bytes instead of 2400 kept twice per resource, no compiler or formatter can change it, and every call runs today's code. It requires the package that programs depend on, not one
 * behind it: state is read from the program's folder, whatever the package manager hoists (docs/adr/0010-provider-text.md).
 */
export function providerText(kind: Kind): string {
  return `exports.handler = () => require("overlaynet/provider").${servedBy[kind]};`;
}

/**
 * Whether stacks of promises are of interest. The SDK takes four for every property of a resource, mapped to sources one by one (npm: runtime/rpc.js,
 * transferProperties), and shows them only then: half of the time that a program with 200 containers takes. Where in the program a resource stands it finds
 * out by itself, whatever the limit.
 */
const debugsPromises = process.env["PULUMI_DEBUG_PROMISE_LEAKS"] !== undefined;

/** A resource that the engine has this package's provider take care of. */
export abstract class HostResource extends pulumi.CustomResource {
  /** @param props its inputs, and every output by name with the value undefined: what is not named here is no output of the object */
  constructor(kind: Kind, name: string, props: pulumi.Inputs, options: pulumi.CustomResourceOptions | undefined) {
    // What is replaced outside diff (`--replace`) must be deleted first too: its names on hosts are taken.
    const merged = pulumi.mergeOptions({ deleteBeforeReplace: true }, options ?? {});
    const given = { ...props, owner: owner(name), __provider: providerText(kind) };
    const limit = Error.stackTraceLimit;
    if (!debugsPromises) Error.stackTraceLimit = 0;
    try {
      super(tokenOf(kind), name, given, merged);
    } catch (error) {
      Error.stackTraceLimit = limit;
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

/** Whether a value is a resource of a kind, of whichever copy of this package. */
export function isOfKind(kind: Kind, value: unknown): boolean {
  return pulumi.Resource.isInstance(value) && "__pulumiType" in value && value.__pulumiType === tokenOf(kind);
}

/** Who a resource is, for messages on hosts and for finding again what an interrupted `pulumi up` left there. */
function owner(resource: string): { project: string; stack: string; resource: string } {
  return { project: pulumi.getProject(), stack: pulumi.getStack(), resource };
}

import { differencesAt, type End, type Fault, type Hop, hop, linkSeen, pulumiUp, when } from "./hop.js";

type Way = Hop["way"];

/** The container itself: its namespace, its device and address. */
export function containerHop({ host, facts }: End, way: Way): Hop {
  const { container, port, spec } = facts;
  const { name, interface: device, ip } = container;
  const seen = `${name}: ${linkSeen(facts, name, device)}, ${ip}`;
  return hop({ host, way, name: "container", seen }, [
    ...differencesAt(facts, name),
    ...differencesAt(facts, name, device),
    ...lostFailures(facts.failures),
    when(
      !facts.links.some((link) => link.namespace === name && link.name === device),
      `${device} of ${name} is not there, nor its other end ${port} in ${spec.namespace}`,
      pulumiUp,
    ),
  ]);
}

function lostFailures(failures: readonly string[]): Fault[] {
  return failures.map((cause) => ({ cause: `not all could be looked at: ${cause}`, mend: "look there as root" }));
}

/** Whether the container takes what comes from the address: its routes and rp_filter decide. */
export function admissionHop({ host, facts, peer }: End, way: Way): Hop {
  const { name, interface: device } = facts.container;
  const { refusal } = facts;
  const seen = refusal === "" ? `${name} takes packets from ${peer}` : `${name} refuses packets from ${peer}`;
  return hop({ host, way, name: "admission", seen }, [
    refusalFault(refusal, `${name}: ${peer} on ${device}`, facts.route.device !== device, name),
  ]);
}

/** What the kernel's refusal of a packet that comes in means; EXDEV is rp_filter's (fib_validate_source in net/ipv4/fib_frontend.c). Linux 6.18 says EINVAL of every refusal (seen). @param elsewhere the route back leads to another device */
export function refusalFault(
  refusal: string,
  where: string,
  elsewhere: boolean,
  namespace?: string,
): Fault | undefined {
  if (refusal === "") return undefined;
  const ip = namespace === undefined ? "ip" : `ip -n ${namespace}`;
  const isFilter = refusal === "Invalid cross-device link" || (refusal === "Invalid argument" && elsewhere);
  return isFilter
    ? {
        cause: `${where}: rp_filter drops it, for the route back leads elsewhere`,
        mend: `\`${ip} route\` shows the route that is too many; delete it, or set rp_filter to 0 or 2`,
      }
    : { cause: `${where} is not taken: ${refusal}`, mend: `see \`${ip} route\` and \`${ip} address\`` };
}

/** Where the container sends packets for the address. */
export function routeHop({ host, facts, peer }: End, way: Way): Hop {
  const { name, interface: device } = facts.container;
  const { route } = facts;
  const via = route.via === undefined ? "" : ` via ${route.via}`;
  const seen = route.refusal === "" ? `${peer}${via} by ${route.device ?? "nothing"}` : `${peer}: ${route.refusal}`;
  const look = `\`ip -n ${name} route\` shows it; delete the route that is too many, or \`pulumi up\` where one is missing`;
  return hop({ host, way, name: "route", seen }, [
    when(route.refusal !== "", `${name} has no way to ${peer}: ${route.refusal}`, look),
    when(route.device !== device, `${name} sends to ${peer} by ${route.device ?? "nothing"}, want ${device}`, look),
    when(route.via !== undefined, `${name} sends to ${peer} via ${route.via ?? ""}, want it as a neighbour`, look),
  ]);
}

/** Which MAC the container sends to. That nobody answers is a consequence, whose reason is further on. */
export function neighbourHop({ host, facts, peer }: End, way: Way): Hop {
  const { container, neighbour, asked, record, behind, spec } = facts;
  const { name, interface: device } = container;
  const want = asked?.mac ?? record.mac;
  const states = neighbour?.states.join(" ") ?? "";
  const place = { host, way, name: "neighbour", seen: `${peer} is ${neighbour?.mac ?? "not known"} ${states}`.trim() };
  const forget = `\`ip -n ${name} neigh del ${peer} dev ${device}\``;
  const mac = neighbour?.mac;
  if (mac !== undefined && want !== undefined && mac !== want) {
    const isSecond = behind !== undefined && behind !== spec.device;
    const sends = `${name} sends to ${mac}, ${peer} has ${want}`;
    return hop(place, [
      when(
        isSecond,
        `two have the address ${peer}: ${sends}, and ${mac} is behind ${behind ?? ""} of ${spec.bridge}`,
        `take the address from what is behind ${behind ?? ""}, then ${forget}`,
      ),
      when(!isSecond, `stale MAC: ${sends}`, forget),
    ]);
  }
  const isSilent = neighbour !== undefined && mac === undefined;
  const fault = when(isSilent, `nobody answers ARP requests of ${name} for ${peer}`, "see what else is wrong");
  return hop(place, [fault], "doubtful");
}

/** The overlay's namespace on the host, with its port filter. */
export function namespaceHop({ host, facts }: End, way: Way): Hop {
  const { namespace } = facts.spec;
  const isThere = facts.links.some((link) => link.namespace === namespace);
  const seen = isThere ? namespace : `${namespace} is not there`;
  return hop({ host, way, name: "namespace", seen }, differencesAt(facts, namespace));
}

/** The container's link on the bridge. */
export function portHop({ host, facts }: End, way: Way): Hop {
  const { port, spec } = facts;
  const link = facts.links.find((one) => one.namespace === spec.namespace && one.name === port);
  const master = link?.master === undefined ? "" : `, port of ${link.master}`;
  const seen = `${linkSeen(facts, spec.namespace, port)}${master}`;
  return hop({ host, way, name: "port", seen }, differencesAt(facts, spec.namespace, port));
}

/** The bridge, and where it has the MAC that the container sends to. */
export function bridgeHop({ host, facts, peer }: End, way: Way): Hop {
  const { spec, behind, neighbour, asked, record, underlay } = facts;
  const { namespace, bridge, device } = spec;
  const mac = neighbour?.mac ?? asked?.mac ?? record.mac;
  const where = behind === undefined ? "" : `, ${mac ?? ""} behind ${behind}`;
  const isAstray = underlay !== undefined && behind !== undefined && behind !== device;
  return hop({ host, way, name: "bridge", seen: `${linkSeen(facts, namespace, bridge)}${where}` }, [
    ...differencesAt(facts, namespace, bridge),
    when(
      isAstray,
      `${bridge} has ${mac ?? ""} of ${peer} behind ${behind ?? ""}, and it is on another host`,
      `\`bridge -n ${namespace} fdb del ${mac ?? ""} dev ${behind ?? ""} master\``,
    ),
  ]);
}

/** The VXLAN device. */
export function deviceHop({ host, facts }: End, way: Way): Hop {
  const { namespace, device, vni, port } = facts.spec;
  const seen = `${linkSeen(facts, namespace, device)}, want VNI ${vni} on UDP port ${port}`;
  return hop({ host, way, name: "device", seen }, differencesAt(facts, namespace, device));
}

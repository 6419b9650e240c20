import * as z from "zod";
import * as model from "../model/index.js";

/** Turns a parse function of the model into a schema whose issue is that function's sentence. */
function parsed<T>(parse: (given: unknown) => T): z.ZodType<T> {
  return z.unknown().transform((given, context) => {
    try {
      return parse(given);
    } catch (error) {
      if (!(error instanceof model.InvalidValue)) throw error;
      context.addIssue({ code: "custom", message: error.message, input: given });
      return z.NEVER;
    }
  });
}

/** The model's values as schemas: each makes the branded type, or says what was expected and what was given. */
export const schema = {
  ip: parsed(model.parseIp),
  cidr: parsed(model.parseCidr),
  mac: parsed(model.parseMac),
  vni: parsed(model.parseVni),
  port: parsed(model.parsePort),
  mtu: parsed(model.parseMtu),
  identifier: parsed(model.parseIdentifier),
  name: parsed(model.parseName),
  interfaceName: parsed(model.parseInterfaceName),
  namespaceName: parsed(model.parseNamespaceName),
  absolutePath: parsed(model.parseAbsolutePath),
};

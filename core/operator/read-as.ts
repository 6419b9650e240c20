import * as z from "zod";

/** A text that reads as a value of the model, and stays a text: the forms of what hosts tell are written down as JSON Schema, too. */
export function readAs(form: z.ZodType<string>): z.ZodType<string, string> {
  return z.string().refine((text) => form.safeParse(text).success);
}

// What a script of @opendatasoft/api-client asks of a portal. Arguments: its module, the portal's address.
import { createRequire } from "node:module";
const vendor = createRequire(import.meta.url)(process.argv[2]);
const { ApiClient, fromCatalog, all, exactMatch } = vendor;
const client = new ApiClient({ domain: process.argv[3] });
const dataset = fromCatalog().dataset("patients");
const told = {};
const ask = async (name, query) => {
  try {
    told[name] = await client.get(query);
  } catch (error) {
    // Their names are shortened; NotFoundError comes first, for it may be a UserError too.
    const kinds = ["NotFoundError", "AuthenticationError", "UserError", "ServerError"];
    told[name] = { refused: kinds.find((kind) => error instanceof vendor[kind]), message: error.message };
  }
};
await ask("datasets", fromCatalog().datasets().limit(1));
await ask("dataset", dataset.itself());
await ask("records", dataset.records().where(all(exactMatch("territoire", "75"), "ntop > 780")).limit(2));
await ask("groups", dataset.records().select("annee, sum(npop) as n").groupBy("annee").orderBy("annee"));
await ask("facets", dataset.facets());
await ask("exports", dataset.export("json").limit(3));
await ask("lookup", dataset.records().refine("territoire:75").limit(1));
await ask("wrong", dataset.records().where("nope > 1"));
await ask("missing", fromCatalog().dataset("nope").records());
console.log(JSON.stringify(told));

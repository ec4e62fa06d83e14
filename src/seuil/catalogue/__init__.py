"""One metadata model, from which the catalogue, the pages and the API's descriptions are all made. Pure."""

"""A random year of one school: the school (`world`), what people do (`deeds`, `rounds`), what must hold (`recount`), and
the days (`life`)."""

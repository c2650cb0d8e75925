"""Faults in what is sent in, what bureaus are told, and what goes round guard and wall, each with the test that finds
it."""

from tests.seeded import Seeded

BODIES = "tests/registry/test_bodies.py::"
CELLS = "tests/oversight/test_small_cells.py::"
GUARD = "tests/foundation/test_guard.py::"
ENV = "tests/config/test_env.py::"

FAULTS = (
    Seeded(
        "a body is read before it is known who asks",
        "config/settings.py",
        """    "liangshi.registry.access.bodies.Measure",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
""",
        """    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "liangshi.registry.access.bodies.Measure",
""",
        BODIES + "test_the_refusal_says_how_much_and_what_to_do",
    ),
    Seeded(
        "large files go through the temporary folder",
        "config/settings.py",
        "uploadhandler.MemoryFileUploadHandler",
        "uploadhandler.TemporaryFileUploadHandler",
        BODIES + "test_a_large_file_stays_in_memory",
    ),
    Seeded(
        "any number of files in one form",
        "config/settings.py",
        "DATA_UPLOAD_MAX_NUMBER_FILES = 1",
        "DATA_UPLOAD_MAX_NUMBER_FILES = 100",
        BODIES + "test_many_parts_are_refused",
    ),
    Seeded(
        "a form as large as a roster",
        "config/settings.py",
        "DATA_UPLOAD_MAX_MEMORY_SIZE = 2**18",
        "DATA_UPLOAD_MAX_MEMORY_SIZE = 2**28",
        BODIES + "test_signed_out_nothing_large_is_read",
    ),
    Seeded(
        "one bound for every address",
        "registry/access/bodies.py",
        "BODIES.get(route, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)",
        "max([settings.DATA_UPLOAD_MAX_MEMORY_SIZE, *BODIES.values()])",
        BODIES + "test_the_refusal_says_how_much_and_what_to_do",
    ),
    Seeded(
        "no route takes more than a form",
        "registry/access/bodies.py",
        "BODIES.get(route, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)",
        "settings.DATA_UPLOAD_MAX_MEMORY_SIZE",
        BODIES + "test_a_large_file_stays_in_memory",
    ),
    Seeded(
        "chunks are taken",
        "registry/access/bodies.py",
        """        return LENGTH_REQUIRED
""",
        """        return 0
""",
        BODIES + "test_in_pieces_or_packed_nothing_is_read",
    ),
    Seeded(
        "packed bodies are taken",
        "registry/access/bodies.py",
        """        return UNSUPPORTED
""",
        """        return 0
""",
        BODIES + "test_in_pieces_or_packed_nothing_is_read",
    ),
    Seeded(
        "the bound is one byte further",
        "registry/access/bodies.py",
        "_length(request) > most",
        "_length(request) > most + 1",
        BODIES + "test_the_refusal_says_how_much_and_what_to_do",
    ),
    Seeded(
        "what breaks off is saved short",
        "registry/access/bodies.py",
        "        while wanted > 0:",
        "        if wanted > 0:",
        BODIES + "test_a_body_that_breaks_off_is_no_shorter_text",
    ),
    Seeded(
        "anybody may be let to send a file",
        "registry/access/checks.py",
        "if not isinstance(ROUTES.get(name), Permission)",
        "if name not in ROUTES",
        BODIES + "test_what_takes_a_large_body_names_who_may_send_it",
    ),
    Seeded(
        "every name under https",
        "config/env.py",
        'if "*" in host or',
        'if host == "**" or',
        ENV + "test_under_https_the_names_are_ones_own",
    ),
    Seeded(
        "everybody's suffix under https",
        "config/env.py",
        "WILDCARD_DOTS = 3",
        "WILDCARD_DOTS = 2",
        ENV + "test_under_https_the_names_are_ones_own",
    ),
    Seeded(
        "no name at all under https",
        "config/env.py",
        "if https and (open_ended or not hosts):",
        "if https and open_ended:",
        ENV + "test_under_https_the_names_are_ones_own",
    ),
    Seeded(
        "nobody hears that passwords are open",
        "config/env.py",
        "if environment.https or not public:",
        "if environment.https or public:",
        ENV + "test_who_serves_the_world_without_https_is_warned",
    ),
    Seeded(
        "a bureau is told every number",
        "oversight/coverage/queries.py",
        "return rows if actor.school_id else [_from_above(row) for row in rows]",
        "return rows",
        CELLS + "test_a_city_in_which_other_few_have_a_mentor_looks_the_same",
    ),
    Seeded(
        "the school's sum is exact beside its grades",
        "oversight/coverage/queries.py",
        "return replace(row, share=sum((grade.share for grade in grades), rest), grades=grades)",
        "return replace(row, grades=grades)",
        CELLS + "test_a_city_in_which_other_few_have_a_mentor_looks_the_same",
    ),
    Seeded(
        "nine are few, ten are nine",
        "oversight/coverage/queries.py",
        "if fewer == 0 or fewer >= FEW:",
        "if fewer == 0 or fewer >= FEW - 1:",
        CELLS + "test_what_is_said_fits_two_numbers_wherever_one_would_be_small",
    ),
    Seeded(
        "only those without a mentor are few",
        "oversight/coverage/queries.py",
        "fewer = min(share.matched, share.missing)",
        "fewer = share.missing",
        CELLS + "test_what_is_said_fits_two_numbers_wherever_one_would_be_small",
    ),
    Seeded(
        "one of two is told",
        "oversight/coverage/queries.py",
        "HANDFUL = 3",
        "HANDFUL = 2",
        CELLS + "test_what_is_said_fits_two_numbers_wherever_one_would_be_small",
    ),
    Seeded(
        "a sum forgets what is not said of its parts",
        "oversight/coverage/queries.py",
        "self.matched + other.matched, self.unsaid + other.unsaid",
        "self.matched + other.matched, self.unsaid",
        CELLS + "test_no_sum_of_groups_recovers_one_of_them",
    ),
    Seeded(
        "a plain table leads to people",
        "foundation/base/guard.py",
        "if not self.model.personal and (people := _people_in(self.query)):",
        "if self.model is None and (people := _people_in(self.query)):",
        GUARD + "test_a_plain_table_is_no_way_round_to_people",
    ),
    Seeded(
        "a rule for schools hands out their people",
        "foundation/base/guard.py",
        "if self._given == REASON or reason():",
        "if self._given or reason():",
        GUARD + "test_a_plain_table_is_no_way_round_to_people",
    ),
    Seeded(
        "subqueries of a plain table go unasked",
        "foundation/base/guard.py",
        "for node in (query.where, *query.annotations.values()):",
        "for node in ():",
        GUARD + "test_a_plain_table_is_no_way_round_to_people",
    ),
    Seeded(
        "the order of schools tells of their people",
        "foundation/base/guard.py",
        "for name in query.order_by:",
        "for name in ():",
        GUARD + "test_a_plain_table_is_no_way_round_to_people",
    ),
    Seeded(
        "sums over a plain table are asked before they are looked at",
        "foundation/base/guard.py",
        "self.annotate(**wanted)._demand()",
        "self._demand()",
        GUARD + "test_a_plain_table_is_no_way_round_to_people",
    ),
    Seeded(
        "half of a union was handed out",
        "foundation/base/guard.py",
        "return min((each._given for each in rows)",
        "return max((each._given for each in rows)",
        GUARD + "test_no_combination_opens_what_one_of_its_parts_keeps_shut",
    ),
    Seeded(
        "what a written row names is not asked",
        "foundation/base/postgresql/policies.py",
        "if condition(other) and model not in above(other):",
        "if condition(other) and model in above(other):",
        "tests/foundation/test_wall.py::test_whatever_a_row_names_behind_the_wall_is_asked_when_it_is_written",
    ),
    Seeded(
        "whose number it is, nobody has read",
        "practice/rosters/views/imports.py",
        "*_named(preview.problems)",
        "*_named([])",
        "tests/pages/test_rosters.py::test_whom_a_problem_of_the_file_names_stands_in_the_log",
    ),
)
